import type { Case, Plan } from '../../api/decision.ts';
import type { Memory } from '../../api/memory.ts';
import { conditionsOf } from './conditions.ts';
import { classify } from './situation.ts';
import { event } from './step.ts';

/** The condition that tells of it, and its reason. */
const TYPE = 'Ready';
const REASON = 'LockBusy';

/**
 * What is recorded of a Project whose lock somebody else holds: nothing but that it waits, and for whom. Said in the
 * condition Ready, and in one event for each holder; whatever was asked for stays asked for.
 */
export const waitForLock = (c: Case, message: string): Pick<Plan, 'memory' | 'events'> => {
  const s = classify(c);
  const before = c.project.memory;
  const told = before.conditions.some(
    (each) => each.type === TYPE && each.reason === REASON && each.message === message,
  );
  const memory: Memory = {
    ...before,
    conditions: conditionsOf(s, before).map((condition) =>
      condition.type === TYPE ? { ...condition, reason: REASON, message } : condition,
    ),
  };
  return { memory, events: told ? [] : [event(s, 'Warning', REASON, message)] };
};
