import { isDeepStrictEqual } from 'node:util';
import type { Attempt } from '../../../api/project.ts';
import { primaryOf, sessionNameOf } from '../../../api/manifest.ts';
import { elapsedMs, remainingMs } from '../../../api/time.ts';
import type { ListedSession } from '../../../api/observation.ts';
import type { StartSession } from '../../../api/action.ts';
import { backoffMs } from '../../backoff.ts';
import { freeName, resumes, startSession } from '../launch.ts';
import { fail } from '../memory.ts';
import type { Situation } from '../situation.ts';
import { stopStep } from '../stop.ts';
import { because, event, type Rule, type Step } from '../step.ts';

/** The intent of a start that was committed and of which nothing was seen yet. */
const openIntent = (s: Situation): Attempt | null => (s.attempt && s.attempt.endedAt === null ? s.attempt : null);

/** Who has the name we would use, when the policy does not simply take another one. */
const conflict = (s: Situation): ListedSession | null =>
  s.spec.conflictPolicy === 'Rename' ? null : (s.target?.taken.get(sessionNameOf(s.project.name, s.spec)) ?? null);

const held = (s: Situation): string | null => {
  const rival = conflict(s);
  if (rival === null || s.spec.conflictPolicy === 'Fail') return null;
  // What another Project has, or another installation, is never given up to us.
  if (rival.tags !== null) return `session name ${rival.name} belongs to Project ${rival.tags.project}`;
  return rival.claimed ? `session name ${rival.name} belongs to another installation of tmuxlet` : null;
};

const waitsFor = (s: Situation): { reason: string; message: string } | null => {
  const open = s.dependencies.filter(
    (dependency) =>
      dependency.state !== 'Satisfied' && !s.memory.satisfied.includes(`${dependency.project}/${dependency.condition}`),
  );
  const first =
    open.find(({ state }) => state === 'Failed') ?? open.find(({ state }) => state === 'NotFound') ?? open[0];
  if (!first) return null;
  switch (first.state) {
    case 'Failed':
      return { reason: 'DependencyFailed', message: `${first.project} has failed` };
    case 'NotFound':
      return { reason: 'DependencyNotFound', message: `there is no Project ${first.project}` };
    default:
      return { reason: 'DependencyNotReady', message: `waits for ${first.project} to be ${first.condition}` };
  }
};

const checked = (s: Situation): boolean =>
  s.spec.preflight.mode === 'Skip' || s.memory.preflightPassed === s.project.generation;

/** A report that answers the question asked last: newer than the wait after the one before. */
const report = (s: Situation) =>
  s.preflight !== null &&
  s.preflight.generation === s.project.generation &&
  (s.memory.notBefore === null || s.preflight.at > s.memory.notBefore.since.wallMs)
    ? s.preflight
    : null;

const problems = (s: Situation) => report(s)?.checks.filter((check) => check.result === 'Fail') ?? [];

/** An event only when the reason is news: a wait that goes on is silent (I7). */
const onChange = (s: Situation, type: 'Normal' | 'Warning', reason: string, message: string): Step => ({
  memory: because(reason, message),
  events: s.memory.reason === reason && s.memory.message === message ? [] : [event(s, type, reason, message)],
});

const begin = (s: Situation, replace: StartSession['replace']): Step => {
  const intent = openIntent(s);
  const resumed = intent?.resumed ?? resumes(s);
  const attempt: Attempt = {
    uid: s.project.uid,
    attempt: intent?.attempt ?? s.memory.attempt + 1,
    shard: intent?.shard ?? s.target?.shard ?? 0,
    // A retry uses the same name, unless somebody has taken it meanwhile.
    sessionName: intent?.sessionName && !s.target?.taken.has(intent.sessionName) ? intent.sessionName : freeName(s),
    sessionId: null,
    specHash: s.hash,
    resumed,
    bootId: s.now.bootId,
    server: null,
    createdAt: intent?.createdAt ?? s.now.wallMs,
    startedAt: null,
    endedAt: null,
    cause: null,
  };
  const verb = resumed ? 'Resuming' : 'Starting';
  const message = `attempt ${attempt.attempt} as session ${attempt.sessionName}`;
  return {
    memory: {
      ...because(verb, message),
      attempt: attempt.attempt,
      startingSince: s.memory.startingSince ?? s.now,
      primary: primaryOf(s.spec).name,
      notBefore: null,
      sidecars: {},
    },
    attempt: isDeepStrictEqual(intent, attempt) ? {} : { begin: attempt },
    events: intent
      ? []
      : [
          ...(replace
            ? [
                event(
                  s,
                  'Warning',
                  'Replacing',
                  `killing ${replace.sessionName} (${replace.sessionId}), which has our name`,
                ),
              ]
            : []),
          event(s, 'Normal', verb, message),
        ],
    actions: [
      startSession(
        s,
        {
          attempt: attempt.attempt,
          shard: attempt.shard,
          sessionName: attempt.sessionName ?? s.project.name,
          resumed,
        },
        replace,
      ),
    ],
  };
};

/** No session carries our uid, and that is known. */
export const absentRules: readonly Rule[] = [
  {
    line: 'the start deadline has passed: Failed',
    when: (s) =>
      s.memory.startingSince !== null && elapsedMs(s.memory.startingSince, s.now) >= s.spec.startDeadlineSeconds * 1000,
    to: 'Failed',
    step: (s) => {
      const message = `no session after ${s.spec.startDeadlineSeconds} s of trying`;
      return {
        memory: { ...fail(s), ...because('StartDeadlineExceeded', message) },
        events: [event(s, 'Warning', 'StartDeadlineExceeded', message)],
        attempt: openIntent(s)
          ? { end: { attempt: s.memory.attempt, cause: 'SessionVanished', endedAt: s.now.wallMs } }
          : {},
        again: true,
      };
    },
  },
  {
    line: 'processes of an earlier attempt live on: end them before anything is started',
    when: (s) => s.remains.length > 0,
    to: 'Terminating',
    step: (s) => stopStep(s, 'Finished'),
  },
  {
    line: 'a dependency is not satisfied: wait in the queue and say for which',
    when: (s) => waitsFor(s) !== null,
    to: 'Queued',
    step: (s) => {
      const wait = waitsFor(s);
      if (!wait) return {};
      return onChange(s, wait.reason === 'DependencyNotReady' ? 'Normal' : 'Warning', wait.reason, wait.message);
    },
  },
  {
    line: 'pre-flight passed for this generation: remember',
    when: (s) => !checked(s) && report(s) !== null && (problems(s).length === 0 || s.spec.preflight.mode === 'Warn'),
    to: 'Queued',
    step: (s) => ({
      memory: {
        ...because('PreflightPassed', 'ready to be started'),
        preflightPassed: s.project.generation,
        preflightFailures: 0,
        notBefore: null,
      },
      events: (report(s)?.checks ?? [])
        .filter((check) => check.result !== 'Pass')
        .map((check) => event(s, 'Warning', 'PreflightWarning', `${check.name}: ${check.message}`)),
      again: true,
    }),
  },
  {
    line: 'pre-flight failed: hold with the remedy, and try again after a back-off',
    when: (s) => !checked(s) && report(s) !== null,
    to: 'Pending',
    step: (s) => {
      const failures = s.memory.preflightFailures + 1;
      const message = problems(s)
        .map((check) => `${check.name}: ${check.message}; ${check.remedy}`)
        .join(' · ');
      return {
        memory: {
          ...because('PreflightFailed', message),
          preflightFailures: failures,
          // The first retry waits too: what a check found wrong is rarely mended at once.
          notBefore: { since: s.now, forMs: Math.max(1000, backoffMs(failures + 1, s.spec.backoff)) },
        },
        events: [event(s, 'Warning', 'PreflightFailed', message)],
      };
    },
  },
  {
    line: 'pre-flight has not passed and its next try is not due: wait',
    when: (s) => !checked(s) && remainingMs(s.memory.notBefore, s.now) > 0,
    to: 'Pending',
    step: () => ({}),
  },
  {
    line: 'pre-flight has not run for this generation: run it',
    when: (s) => !checked(s),
    to: 'Pending',
    step: (s) => ({
      memory: s.memory.preflightFailures > 0 ? {} : because('PreflightRunning', 'checking what a start needs'),
      actions: [{ kind: 'RunPreflight', uid: s.project.uid, name: s.project.name, generation: s.project.generation }],
    }),
  },
  {
    line: 'no place in the queue: wait',
    when: (s) => s.project.admittedAt === null,
    to: 'Queued',
    step: (s) => ({ memory: because('QueueFull', `waits for a place in queue ${s.spec.queue}`) }),
  },
  {
    line: 'the wait before the next start is not over',
    when: (s) => remainingMs(s.memory.notBefore, s.now) > 0,
    to: 'BackingOff',
    step: () => ({}),
  },
  {
    line: 'too many starts are under way: wait for the next wave',
    when: (s) => s.memory.phase !== 'Starting' && s.startSlots <= 0,
    to: 'Queued',
    step: () => ({ memory: because('StartThrottled', 'waits for other starts to finish') }),
  },
  {
    line: 'the session name belongs to another Project or installation: wait',
    when: (s) => held(s) !== null,
    to: 'Queued',
    step: (s) => ({ ...onChange(s, 'Warning', 'NameConflict', held(s) ?? ''), retry: true }),
  },
  {
    line: 'the session name is taken, and the spec says to fail',
    when: (s) => conflict(s) !== null && s.spec.conflictPolicy === 'Fail',
    to: 'Failed',
    step: (s) => {
      const rival = conflict(s);
      const message = `session name ${rival?.name} is taken by ${rival?.id}, not ours: end or rename it, or set session.name`;
      return {
        memory: { ...fail(s), ...because('NameConflict', message) },
        events: [event(s, 'Warning', 'NameConflict', message)],
        again: true,
      };
    },
  },
  {
    line: 'the session name is taken, and the spec says to adopt that session',
    when: (s) => conflict(s) !== null && s.spec.conflictPolicy === 'Adopt',
    to: 'Starting',
    step: (s) => {
      const rival = conflict(s);
      if (!rival) return {};
      const attempt = s.memory.attempt + 1;
      const tags = { owner: s.ownerId, uid: s.project.uid, project: s.project.name, attempt, specHash: s.hash };
      return {
        memory: {
          ...because('Adopting', `session ${rival.name} (${rival.id})`),
          attempt,
          startingSince: s.memory.startingSince ?? s.now,
          primary: primaryOf(s.spec).name,
        },
        events: [event(s, 'Normal', 'Adopting', `session ${rival.name} (${rival.id}), as the spec says`)],
        actions: [{ kind: 'AdoptSession', shard: rival.shard, sessionId: rival.id, sessionName: rival.name, tags }],
      };
    },
  },
  {
    line: 'no tmux server answers that could take the session: wait',
    when: (s) => s.target === null,
    to: 'Queued',
    step: () => ({ memory: because('NoServer', 'no tmux server answers'), retry: true }),
  },
  {
    line: 'the session name is taken, and the spec says to replace that session',
    when: (s) => conflict(s) !== null,
    to: 'Starting',
    step: (s) => {
      const rival = conflict(s);
      return begin(s, rival && { sessionId: rival.id, sessionName: rival.name });
    },
  },
  {
    line: 'admitted, checked and due: start, or resume',
    when: () => true,
    to: 'Starting',
    step: (s) => begin(s, null),
  },
];
