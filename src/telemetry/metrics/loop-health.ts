import { Gauge, type Registry } from 'prom-client';
import type { Tracer } from '../../api/trace.ts';

export interface LoopHealthSources {
  /** What `/livez` says. */
  readonly isUp: () => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Whether the loop lives, and when it last finished anything. */
export const loopHealthMetrics = (registry: Registry, { isUp, now }: LoopHealthSources): Tracer => {
  const up = new Gauge({
    name: 'tmuxlet_loop_up',
    help: '1 while the loop makes progress, 0 when a pass is stuck: what /livez says.',
    registers: [registry],
    collect: () => {
      up.set(isUp() ? 1 : 0);
    },
  });
  const progress = new Gauge({
    name: 'tmuxlet_loop_last_progress_timestamp_seconds',
    help: 'When a pass of any controller last ended; 0 before the first.',
    registers: [registry],
  });
  return (trace) => {
    if (trace.trace === 'Reconciled') progress.set(now() / 1000);
  };
};
