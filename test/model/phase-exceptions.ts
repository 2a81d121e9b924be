import type { Plan } from '../../src/api/decision.ts';
import { isTerminal, type Phase } from '../../src/api/phase.ts';
import { finishedRules } from '../../src/machines/project/rules/finished.ts';

/** Where the phase is more than display: what is decided in it, beside what is decided in a phase that no rule asks for. */
export interface PhaseException {
  readonly name: string;
  readonly excuses: (phase: Phase, plan: Plan, elsewhere: Plan) => boolean;
}

const FINISHED: readonly string[] = [
  ...finishedRules.map(({ line }) => line),
  'the session of a finished Project is gone',
  'mending is off: say that this would archive the manifest, and hold',
];

const WITHDRAWN = [
  'the deletion of what had completed was withdrawn: Completed still',
  'the deletion of what had failed was withdrawn: Failed still',
];

/**
 * All of them. The phase is memory in three cases, that something has ended for good, is suspended, or counts as a
 * start under way; everything else is decided from what is seen and remembered beside it.
 */
export const PHASE_EXCEPTIONS: readonly PhaseException[] = [
  {
    name: 'what is Completed or Failed is finished: it is not run again, and what is left of it ends',
    excuses: (phase, plan) => isTerminal(phase) && FINISHED.includes(plan.rule),
  },
  {
    name: 'what is Suspended goes back to its queue once the spec no longer says so',
    excuses: (phase, plan) => phase === 'Suspended' && plan.rule === 'no longer suspended: back to the queue',
  },
  {
    name: 'what is Terminating and had finished before is finished again, once its deletion is withdrawn',
    excuses: (phase, plan) => phase === 'Terminating' && WITHDRAWN.includes(plan.rule),
  },
  {
    name: 'that it was suspended is told once',
    excuses: (phase, plan, elsewhere) =>
      phase === 'Suspended' &&
      plan.rule === 'suspended: stay out of the queue' &&
      plan.events.length === 0 &&
      elsewhere.events.length === 1,
  },
  {
    name: 'a start under way has its slot, and waits for none',
    excuses: (phase, _, elsewhere) =>
      phase === 'Starting' &&
      (elsewhere.rule === 'too many starts are under way: wait for the next wave' ||
        // It was counted when it began.
        elsewhere.rule === 'the machine has no room for one more session: wait'),
  },
];
