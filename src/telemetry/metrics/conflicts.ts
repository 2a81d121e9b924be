import { Counter, type Registry } from 'prom-client';
import { CONFLICT_EVENTS } from '../../api/conflict.ts';
import type { Tracer } from '../../api/trace.ts';

/** Each resolution of a conflict leaves an event, and is counted by it. */
export const conflictMetrics = (registry: Registry): Tracer => {
  const conflicts = new Counter({
    name: 'tmuxlet_conflicts_total',
    help: 'Session names that were taken when a start needed them, by the policy that decided what came of it.',
    labelNames: ['policy'],
    registers: [registry],
  });
  const policies = new Map(Object.entries(CONFLICT_EVENTS).map(([policy, reason]) => [reason as string, policy]));
  for (const policy of policies.values()) conflicts.inc({ policy }, 0);

  return (trace) => {
    const policy = trace.trace === 'EventRecorded' ? policies.get(trace.event.reason) : undefined;
    if (policy !== undefined) conflicts.inc({ policy });
  };
};
