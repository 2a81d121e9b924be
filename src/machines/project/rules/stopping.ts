import { isTerminal } from '../../../api/phase.ts';
import { isGone, retentionLeftMs, livesOn, stopStep } from '../stop.ts';
import { because, event, type Rule, type Step } from '../step.ts';
import { accrueRun } from '../memory.ts';
import type { Situation } from '../situation.ts';

const ended = (s: Situation): Step => ({
  memory: {
    stop: null,
    startingSince: null,
    ...accrueRun(s),
    ...(isTerminal(s.memory.phase) ? {} : because('Stopped', 'its session and processes are gone')),
  },
  attempt:
    s.attempt && s.attempt.endedAt === null && s.memory.stop
      ? { end: { attempt: s.attempt.attempt, cause: s.memory.stop.cause, endedAt: s.now.wallMs } }
      : {},
  again: true,
});

/** A stop once begun is seen through, whatever people ask meanwhile; then the rest is decided anew. */
export const stoppingRules: readonly Rule[] = [
  {
    line: 'a finished session has no process left: let it stay to be looked at',
    when: (s) => s.memory.stop?.cause === 'Finished' && !livesOn(s) && s.session !== null && retentionLeftMs(s) > 0,
    to: null,
    step: () => ({ memory: { stop: null } }),
  },
  {
    line: 'a stop under way climbs on',
    when: (s) => s.memory.stop !== null && !isGone(s),
    to: null,
    step: (s) => (s.memory.stop ? stopStep(s, s.memory.stop.cause) : {}),
  },
  {
    line: 'the session of a finished Project is gone',
    when: (s) => s.memory.stop !== null && isTerminal(s.memory.phase),
    to: null,
    step: ended,
  },
  {
    line: 'the session of a suspended Project is gone',
    when: (s) => s.memory.stop?.cause === 'Suspended',
    to: 'Suspended',
    step: (s) => ({ ...ended(s), events: [event(s, 'Normal', 'Suspended', 'its session and processes are gone')] }),
  },
  {
    line: 'the session is gone as asked: back to the queue',
    when: (s) => s.memory.stop !== null,
    to: 'Queued',
    step: ended,
  },
];
