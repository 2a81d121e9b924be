import type { Situation } from '../situation.ts';
import { event, type Rule, type Step } from '../step.ts';
import { stopStep } from '../stop.ts';

const recorded = (s: Situation): boolean =>
  s.session !== null &&
  s.attempt !== null &&
  s.attempt.endedAt === null &&
  s.attempt.attempt === s.session.tags.attempt &&
  s.attempt.sessionId === s.session.id &&
  s.attempt.sessionName === s.session.name &&
  s.attempt.shard === s.session.shard &&
  s.attempt.server !== null;

/** The session of a start of ours, seen for the first time. */
const isOwnStart = (s: Situation): boolean =>
  isOwnAttempt(s) && s.attempt?.sessionId === null && s.attempt.sessionName === s.session?.name;

const isOwnAttempt = (s: Situation): boolean =>
  s.attempt !== null && s.attempt.attempt === s.session?.tags.attempt && s.attempt.endedAt === null;

/** Without the name nobody finds the Project of a session once the database is lost; without the hash it looks drifted. */
const lacksTag = (s: Situation): boolean =>
  s.session !== null && (s.session.tags.project !== s.project.name || s.session.tags.specHash === '');

/** How the row learned of the session: our own start, a session of ours found alive, or one it had wrong. */
const discovery = (s: Situation): readonly [reason: string, message: string] => {
  const name = s.session?.name ?? '';
  const tagged = s.session?.tags.attempt ?? 0;
  if (!isOwnAttempt(s)) return ['Adopted', `session ${name} (attempt ${tagged}) was found alive`];
  if (isOwnStart(s)) return [s.attempt?.resumed ? 'Resumed' : 'Started', `session ${name} (attempt ${tagged})`];
  return ['Repaired', `the row said ${s.attempt?.sessionName ?? 'no session'}, the owner tag says ${name}`];
};

const record = (s: Situation): Step => {
  const { session } = s;
  const server = s.observation.server.seen === 'Present' ? s.observation.server.value : null;
  if (session === null || server === null) return { retry: true };
  const [reason, message] = discovery(s);
  return {
    memory: {
      attempt: Math.max(s.memory.attempt, session.tags.attempt),
      finishedSince: null,
      repair: null,
    },
    attempt: {
      seen: {
        attempt: session.tags.attempt,
        shard: session.shard,
        sessionName: session.name,
        sessionId: session.id,
        specHash: session.tags.specHash,
        server,
        bootId: s.now.bootId,
        startedAt: session.createdAt,
      },
    },
    events: [event(s, 'Normal', reason, message)],
    again: true,
  };
};

/** A session carries our uid. */
export const presentRules: readonly Rule[] = [
  {
    line: 'a session of an earlier attempt is still there: stop it, old and new never run together',
    when: (s) => s.session !== null && s.session.tags.attempt < s.memory.attempt,
    to: 'Terminating',
    step: (s) => stopStep(s, 'Duplicate'),
  },
  {
    line: 'the session of the start under way is there: record it',
    when: (s) => s.session !== null && !recorded(s) && isOwnStart(s),
    to: null,
    step: record,
  },
  {
    line: 'a session lives whose attempt the row does not have open: adopt it',
    when: (s) => s.session !== null && !recorded(s) && !isOwnAttempt(s),
    to: null,
    step: record,
    mends: 'adopt the session that was found alive',
  },
  {
    line: 'row and tags disagree: believe the tags',
    // With mending off the rules below go on by the tags, and the row stays as it is.
    when: (s) => s.session !== null && !recorded(s) && s.mending,
    to: null,
    step: record,
  },
  {
    line: 'the session has its name again: forget how often that was tried',
    when: (s) => s.session !== null && s.memory.repair !== null,
    to: null,
    step: () => ({ memory: { repair: null }, again: true }),
  },
  {
    line: 'a tag that says what the session is has gone: put it back',
    when: (s) => s.session !== null && recorded(s) && lacksTag(s),
    to: null,
    step: (s) => {
      if (s.session === null) return {};
      const { shard, id, name, tags } = s.session;
      const restored = { ...tags, project: s.project.name, specHash: tags.specHash || s.attempt?.specHash || s.hash };
      return {
        events: [event(s, 'Normal', 'Repairing', `session ${name} (${id}) has lost tags: they are put back`)],
        actions: [{ kind: 'RepairTags', shard, sessionId: id, sessionName: name, tags: restored }],
      };
    },
    mends: 'put back the tags that the session has lost',
  },
];
