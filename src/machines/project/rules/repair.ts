import { createHash } from 'node:crypto';
import { elapsedMs, remainingMs, type Wait } from '../../../api/time.ts';
import { type Evidence, evidenceFor, hasLostSession, SESSION_NAME_UNRECOVERABLE } from '../evidence.ts';
import { fail } from '../memory.ts';
import type { Situation } from '../situation.ts';
import { because, event, onChange, type Rule } from '../step.ts';

const MAX_TRIES = 3;
const FIRST_WAIT_MS = 2_000;

/** Exponential, with a jitter that is the Project's own and no dice: many are repaired after one reboot (failure 70). */
const waitAfter = (s: Situation, tries: number): Wait => {
  const [byte = 0] = createHash('sha256').update(`${s.project.uid}/${tries}`).digest();
  return { since: s.now, forMs: Math.round(FIRST_WAIT_MS * 2 ** (tries - 1) * (1 + byte / 512)) };
};

const tries = (s: Situation): number => s.memory.repair?.tries ?? 0;
const repair = (s: Situation) => s.memory.repair ?? { since: s.now, tries: 0, wait: null };

const waited = (s: Situation): boolean =>
  s.memory.repair !== null && elapsedMs(s.memory.repair.since, s.now) >= s.spec.startDeadlineSeconds * 1000;

/** There is something to be found and it was not, or there is nothing and nothing may be started in its place. */
const unrepaired = (s: Situation, evidence: Evidence): boolean =>
  evidence.found === 'Ambiguous' ||
  (evidence.found === 'One' && tries(s) >= MAX_TRIES) ||
  (evidence.found === 'None' && s.spec.resumePolicy === 'Never');

const why = (evidence: Evidence): string => {
  switch (evidence.found) {
    case 'One':
      return `session ${evidence.session.name} could not be tagged`;
    case 'Ambiguous':
      return `sessions ${evidence.sessions.map(({ name }) => name).join(', ')} may be it, and nothing says which`;
    case 'None':
      return 'no session is left, and resumePolicy is Never';
  }
};

/**
 * The attempt's session name is missing. Evidence is looked at and never consumed; where there is none at all the
 * Project is resumed by the rules that follow. The only launcher is this controller, which is here and not starting.
 */
export const repairRules: readonly Rule[] = [
  {
    line: 'the session name is missing and the next try to repair it is not due: wait',
    when: (s) => hasLostSession(s) && remainingMs(s.memory.repair?.wait ?? null, s.now) > 0,
    to: null,
    step: () => ({}),
  },
  {
    line: 'the session name is missing and evidence names one session: tag it anew',
    when: (s) => hasLostSession(s) && evidenceFor(s).found === 'One' && tries(s) < MAX_TRIES,
    to: null,
    step: (s) => {
      const evidence = evidenceFor(s);
      if (evidence.found !== 'One' || s.attempt === null) return {};
      const { session, by } = evidence;
      const { attempt, specHash } = s.attempt;
      const tags = { owner: s.ownerId, uid: s.project.uid, project: s.project.name, attempt, specHash };
      return {
        memory: { repair: { ...repair(s), tries: tries(s) + 1, wait: waitAfter(s, tries(s) + 1) } },
        events: [event(s, 'Normal', 'Repairing', `session ${session.name} (${session.id}) is its own by its ${by}`)],
        actions: [{ kind: 'RepairTags', shard: session.shard, sessionId: session.id, sessionName: session.name, tags }],
      };
    },
    mends: 'tag the session that evidence names',
  },
  {
    line: 'the session name stays unrecoverable past the start deadline: Failed',
    when: (s) => hasLostSession(s) && unrepaired(s, evidenceFor(s)) && waited(s),
    to: 'Failed',
    step: (s) => {
      const message = `Unrecoverable null session name after reboot: ${why(evidenceFor(s))}`;
      return {
        memory: { ...fail(s), ...because(SESSION_NAME_UNRECOVERABLE, message), repair: null },
        events: [event(s, 'Warning', SESSION_NAME_UNRECOVERABLE, message)],
        again: true,
      };
    },
  },
  {
    line: 'the session name is missing and cannot be told: hold',
    when: (s) => hasLostSession(s) && unrepaired(s, evidenceFor(s)),
    to: null,
    step: (s) => {
      const told = onChange(s, 'Warning', 'SessionNameMissing', why(evidenceFor(s)));
      return { ...told, memory: { ...told.memory, repair: repair(s) } };
    },
  },
];
