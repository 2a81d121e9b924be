import { assign, setup } from 'xstate';
import { type Memory, newMemory } from '../../api/memory.ts';
import { PHASES } from '../../api/phase.ts';
import type { Situation } from './situation.ts';
import type { Step } from './step.ts';
import { decisionTable } from './table.ts';

/** What the machine hands out: the rule that matched and what it decided. */
export interface Decision extends Step {
  readonly rule: string;
}

/** The one event: the world was looked at. */
export interface Observed {
  readonly type: 'OBSERVED';
  readonly situation: Situation;
}

const { createMachine } = setup({
  types: { context: {} as Memory, events: {} as Observed },
  // The machine acts on nothing itself: a plan is data, for the controller to commit and to execute.
  actions: { plan: (_, _decision: Decision) => {} },
});

/**
 * The machine of one Project. Its states are the phases, its context the memory kept in the row; every
 * pass restores it with `resolveState` and sends it one OBSERVED. No timers, no actors, no clock.
 */
export const projectMachine = createMachine({
  id: 'project',
  initial: 'Pending',
  context: newMemory,
  states: Object.fromEntries(PHASES.map((phase) => [phase, {}])),
  on: {
    OBSERVED: decisionTable.map((rule) => ({
      description: rule.line,
      guard: ({ event }) => rule.when(event.situation),
      ...(rule.to === null ? {} : { target: `.${rule.to}` }),
      actions: [
        assign(({ event }) => rule.step(event.situation).memory ?? {}),
        { type: 'plan', params: ({ event }) => ({ rule: rule.line, ...rule.step(event.situation) }) },
      ],
    })),
  },
});
