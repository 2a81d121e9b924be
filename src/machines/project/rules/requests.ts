import { RESTARTED_AT_ANNOTATION } from '../../../api/manifest.ts';
import type { Plan } from '../../../api/decision.ts';
import type { EndCause, Memory } from '../../../api/memory.ts';
import { openIntent } from '../begin.ts';
import type { Situation } from '../situation.ts';
import { because, event, type Rule, type Step } from '../step.ts';
import { isGone, stopStep } from '../stop.ts';

const annotation = (s: Situation): string | null => s.project.annotations[RESTARTED_AT_ANNOTATION] ?? null;

/** People who only edit files restart by annotation; it counts when its value is new since the Project was made. */
const restartAnnotated = (s: Situation): boolean => {
  const value = annotation(s);
  return value !== null && value !== s.memory.restartedAt;
};

const asksReset = (s: Situation): boolean => s.command?.verb === 'reset';
const asksRestart = (s: Situation): boolean => s.command?.verb === 'restart' || restartAnnotated(s);

/** A request clears what stood in the way of a start; a reset forgets the history too. */
const cleared = (s: Situation, reset: boolean): Partial<Memory> => ({
  failures: 0,
  notBefore: null,
  finishedSince: null,
  failedSpec: null,
  preflightFailures: 0,
  // A report from before the request does not count: what it found may be mended.
  preflightJudged: s.preflight?.at ?? null,
  sidecars: {},
  ranMs: 0,
  runningSince: null,
  extensions: 0,
  extendedMs: 0,
  heartbeat: null,
  staleRestarts: 0,
  repair: null,
  restartedAt: annotation(s),
  ...(reset ? { restarts: 0, fresh: true, satisfied: [], preflightPassed: 0, completedMs: [] } : {}),
});

const taken = (s: Situation, result: string): Plan['acknowledge'] =>
  s.command === null ? null : { id: s.command.id, result };

const stopFor = (s: Situation, cause: EndCause): Step => {
  const step = stopStep({ ...s, memory: { ...s.memory, finishedSince: null } }, cause);
  return {
    ...step,
    memory: { ...cleared(s, cause === 'Reset'), ...step.memory },
    acknowledge: taken(s, `stopping attempt ${s.memory.attempt} first`),
  };
};

const queueAgain = (s: Situation, reset: boolean): Step => {
  const cause = reset ? 'Reset' : 'Restarted';
  return {
    memory: { ...cleared(s, reset), ...because(cause, 'asked for by a person'), startingSince: null },
    events: [event(s, 'Normal', cause, 'asked for by a person')],
    // A start under way was another one, and a session that could not be found again is looked for no more.
    attempt: openIntent(s) ? { end: { attempt: s.memory.attempt, cause, endedAt: s.now.wallMs } } : {},
    acknowledge: taken(s, 'back in the queue'),
    again: true,
  };
};

/** What people ask for by command or annotation. Old and new never run together (failure 46): stop, confirm, queue. */
export const requestRules: readonly Rule[] = [
  {
    line: 'a reset is asked: stop the attempt first',
    when: (s) => asksReset(s) && !isGone(s),
    to: 'Terminating',
    step: (s) => stopFor(s, 'Reset'),
  },
  {
    line: 'a reset is asked and nothing runs: forget the history and queue',
    when: asksReset,
    to: 'Queued',
    step: (s) => queueAgain(s, true),
  },
  {
    line: 'a restart is asked: stop the attempt first',
    when: (s) => asksRestart(s) && !isGone(s),
    to: 'Terminating',
    step: (s) => stopFor(s, 'Restarted'),
  },
  {
    line: 'a restart is asked and nothing runs: queue',
    when: asksRestart,
    to: 'Queued',
    step: (s) => queueAgain(s, false),
  },
];
