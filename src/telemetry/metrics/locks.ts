import { Counter, Histogram, type Registry } from 'prom-client';
import { LOCK_PURPOSES } from '../../api/lock.ts';
import type { Tracer } from '../../api/trace.ts';

/** The controller's own use of the Projects' locks; what people hold is shown by `get locks`. */
export const lockMetrics = (registry: Registry): Tracer => {
  const busy = new Counter({
    name: 'tmuxlet_lock_busy_total',
    help: 'Acts put off because somebody else held the lock of the Project, by purpose.',
    labelNames: ['purpose'],
    registers: [registry],
  });
  const held = new Histogram({
    name: 'tmuxlet_lock_hold_seconds',
    help: 'How long the controller held the lock of a Project, by purpose.',
    labelNames: ['purpose'],
    buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30],
    registers: [registry],
  });
  const waited = new Histogram({
    name: 'tmuxlet_lock_wait_seconds',
    help: 'From the first refusal of a Project’s lock until the controller had it, by purpose.',
    labelNames: ['purpose'],
    buckets: [0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800],
    registers: [registry],
  });
  for (const purpose of LOCK_PURPOSES) {
    waited.zero({ purpose });
    busy.inc({ purpose }, 0);
    held.zero({ purpose });
  }

  return (trace) => {
    if (trace.trace === 'LockWaited') waited.observe({ purpose: trace.purpose }, trace.waitedMs / 1000);
    if (trace.trace !== 'Lock') return;
    const { purpose } = trace;
    if (trace.change === 'busy') busy.inc({ purpose });
    else held.observe({ purpose }, trace.heldMs / 1000);
  };
};
