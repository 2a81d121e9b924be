import { Counter, type Registry } from 'prom-client';
import { ACTION_KINDS } from '../../api/action.ts';
import { ACTION_RESULTS, type Tracer } from '../../api/trace.ts';

/** What was done to the world, and the story that was told of it. */
export const actionMetrics = (registry: Registry): Tracer => {
  const actions = new Counter({
    name: 'tmuxlet_actions_total',
    help: 'Actions carried out, by kind and result.',
    labelNames: ['kind', 'result'],
    registers: [registry],
  });
  const events = new Counter({
    name: 'tmuxlet_events_total',
    help: 'Events recorded, by type and reason.',
    labelNames: ['type', 'reason'],
    registers: [registry],
  });
  for (const kind of ACTION_KINDS) for (const result of ACTION_RESULTS) actions.inc({ kind, result }, 0);

  return (trace) => {
    if (trace.trace === 'ActionDone') actions.inc({ kind: trace.kind, result: trace.result });
    // Reasons are words of the source code, never of a manifest or an error, and so there are few.
    if (trace.trace === 'EventRecorded') events.inc({ type: trace.event.type, reason: trace.event.reason });
  };
};
