import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { CONTROLLERS, RECONCILE_RESULTS, type Tracer } from '../../api/trace.ts';
import type { LoopView } from './loop-view.ts';

/** controller-runtime's own. */
const BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** controller-runtime's metrics of the reconcile loop, by its names and meanings, so that its dashboards work. */
export const controllerMetrics = (registry: Registry, loops: () => readonly LoopView[]): Tracer => {
  const registers = [registry];
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Total number of reconciliations per controller.',
    labelNames: ['controller', 'result'],
    registers,
  });
  const errors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Total number of reconciliation errors per controller.',
    labelNames: ['controller'],
    registers,
  });
  const time = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Length of time per reconciliation per controller.',
    labelNames: ['controller'],
    buckets: BUCKETS,
    registers,
  });
  const active = new Gauge({
    name: 'controller_runtime_active_workers',
    help: 'Number of currently used workers per controller.',
    labelNames: ['controller'],
    registers,
    collect: () => {
      for (const { name, unfinishedMs } of loops()) active.set({ controller: name }, unfinishedMs.length);
    },
  });
  const workers = new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Maximum number of concurrent reconciles per controller.',
    labelNames: ['controller'],
    registers,
    collect: () => {
      for (const { name, workers: most } of loops()) workers.set({ controller: name }, most);
    },
  });
  for (const controller of CONTROLLERS) {
    for (const result of RECONCILE_RESULTS) total.inc({ controller, result }, 0);
    errors.inc({ controller }, 0);
    time.zero({ controller });
    active.set({ controller }, 0);
  }

  return (trace) => {
    if (trace.trace !== 'Reconciled') return;
    const { controller, result, ms } = trace;
    total.inc({ controller, result });
    if (result === 'error') errors.inc({ controller });
    time.observe({ controller }, ms / 1000);
  };
};
