import type { AttemptChange } from '../../../api/decision.ts';
import type { EndCause, Memory } from '../../../api/memory.ts';
import { elapsedMs } from '../../../api/time.ts';
import { backoffMs } from '../../backoff.ts';
import { withCompletion } from '../heartbeat/extension.ts';
import { accrueRun, countRun, fail, finish } from '../memory.ts';
import type { Death, Situation } from '../situation.ts';
import { because, event, type Rule, type Step } from '../step.ts';

type CountedDeath = Extract<Death, { key: string }>;

/** The death of the primary, or of the session, when it has not been counted yet. */
const uncounted = (s: Situation): CountedDeath | null =>
  s.death !== null && 'key' in s.death && s.death.key !== s.memory.countedRun ? s.death : null;

const means = (s: Situation, verdict: string): boolean => {
  const death = uncounted(s);
  return death?.how === 'Exited' && death.verdict === verdict;
};

/** Failures in a row with this one; a run of resetAfterSeconds begins a new row. */
const failuresNow = (s: Situation): number => {
  const ran = s.memory.runningSince ? elapsedMs(s.memory.runningSince, s.now) : 0;
  return ran >= s.spec.backoff.resetAfterSeconds * 1000 ? 1 : s.memory.failures + 1;
};

/** With restartPolicy Always there is no limit. */
const beyondLimit = (s: Situation): boolean =>
  (s.primaryWindow.restartPolicy ?? s.spec.restartPolicy) !== 'Always' && failuresNow(s) > s.spec.backoffLimit;

const tell = (death: CountedDeath): string => {
  if (death.how === 'Vanished') return 'its session went away';
  if (death.exitCode === null) return 'the primary ended and nobody saw its exit code';
  return `the primary ended with exit code ${death.exitCode}`;
};

const describe = (s: Situation): string => {
  const death = uncounted(s);
  return death ? tell(death) : '';
};

/** The attempt is over when its session is: a primary that ends in a living session only ended a run. */
const endAttempt = (s: Situation, cause: EndCause, finished: boolean): AttemptChange =>
  s.attempt && s.attempt.endedAt === null && (finished || s.session === null)
    ? { end: { attempt: s.attempt.attempt, cause, endedAt: s.now.wallMs } }
    : {};

const causeOf = (s: Situation): EndCause => (s.death?.how === 'Vanished' ? 'SessionVanished' : 'Exited');

const keyOf = (s: Situation): Partial<Memory> => {
  const death = uncounted(s);
  return death ? { countedRun: death.key } : {};
};

const failed = (s: Situation, reason: string, message: string): Step => ({
  memory: { ...fail(s), ...countRun(s), ...keyOf(s), ...because(reason, message), failures: failuresNow(s) },
  events: [event(s, 'Warning', reason, message)],
  attempt: endAttempt(s, causeOf(s), true),
});

const countAndWait = (s: Situation, failures: number, waitMs: number): Step => ({
  memory: {
    ...accrueRun(s),
    ...countRun(s),
    ...keyOf(s),
    ...because('BackOff', `${describe(s)}; failure ${failures} in a row`),
    failures,
    notBefore: waitMs > 0 ? { since: s.now, forMs: waitMs } : null,
    startingSince: null,
  },
  events: [
    event(s, 'Warning', s.death?.how === 'Vanished' ? 'SessionVanished' : 'PrimaryExited', describe(s)),
    ...(waitMs > 0 ? [event(s, 'Warning', 'BackOff', `waiting ${waitMs / 1000} s before restart ${failures}`)] : []),
  ],
  attempt: endAttempt(s, causeOf(s), false),
  again: true,
});

/** What an end means. Each death is counted once, by attempt and run; server death and reboot never count. */
export const deathRules: readonly Rule[] = [
  {
    line: 'the primary ended as it should: Completed',
    when: (s) => means(s, 'Complete'),
    to: 'Completed',
    step: (s) => ({
      memory: {
        ...finish(s),
        ...withCompletion(s),
        ...countRun(s),
        ...keyOf(s),
        ...because('Completed', describe(s)),
        failures: 0,
        failedSpec: null,
      },
      events: [event(s, 'Normal', 'Completed', describe(s))],
      attempt: endAttempt(s, 'Exited', true),
      again: true,
    }),
  },
  {
    line: 'the primary ended in a way that is final: Failed',
    when: (s) => means(s, 'Fail'),
    to: 'Failed',
    step: (s) => ({ ...failed(s, 'PrimaryFailed', describe(s)), again: true }),
  },
  {
    line: 'the primary ended in a way that does not count: restart after the first back-off',
    when: (s) => means(s, 'Ignore'),
    to: 'BackingOff',
    step: (s) => countAndWait(s, s.memory.failures, backoffMs(2, s.spec.backoff)),
  },
  {
    line: 'one failure too many: Failed',
    when: (s) => uncounted(s) !== null && beyondLimit(s),
    to: 'Failed',
    step: (s) => ({
      ...failed(
        s,
        'BackoffLimitExceeded',
        `${describe(s)}; ${failuresNow(s)} failures in a row, backoffLimit is ${s.spec.backoffLimit}`,
      ),
      again: true,
    }),
  },
  {
    line: 'a failure: count it, and back off',
    when: (s) => uncounted(s) !== null,
    to: 'BackingOff',
    step: (s) => countAndWait(s, failuresNow(s), backoffMs(failuresNow(s), s.spec.backoff)),
  },
  {
    line: 'the machine or the tmux server went down: nobody’s failure, back in line to be resumed',
    when: (s) => s.death?.how === 'ServerDied' || s.death?.how === 'Rebooted',
    to: 'Queued',
    step: (s) => {
      const cause = s.death?.how === 'Rebooted' ? 'Rebooted' : 'ServerDied';
      const message = cause === 'Rebooted' ? 'the machine was rebooted' : 'the tmux server went away';
      return {
        memory: { ...accrueRun(s), ...because(cause, message), startingSince: null },
        events: [event(s, 'Warning', cause, `${message}; attempt ${s.memory.attempt} ended with it`)],
        attempt: endAttempt(s, cause, true),
        again: true,
      };
    },
  },
  {
    // Its end was counted while the session lived; that goes later, with a tmux server for one.
    line: 'the session is gone, and the end of its primary has been counted: the attempt is over',
    when: (s) => s.death !== null && s.session === null,
    to: 'BackingOff',
    step: (s) => ({
      // A later run may be on record, whose journal was lost: it went with the session.
      memory: { ...accrueRun(s), startingSince: null },
      attempt: endAttempt(s, causeOf(s), true),
      again: true,
    }),
  },
];
