import { Counter, exponentialBuckets, Gauge, Histogram, type Registry } from 'prom-client';
import { CONTROLLERS, type Tracer } from '../../api/trace.ts';
import type { LoopView } from './loop-view.ts';

/** client-go's own: 10 ns to 1000 s. */
const BUCKETS = exponentialBuckets(10e-9, 10, 12);

const seconds = (ms: number): number => ms / 1000;

/** client-go's metrics of a work queue, by its names and meanings. */
export const workqueueMetrics = (registry: Registry, loops: () => readonly LoopView[]): Tracer => {
  const shared = { labelNames: ['name'] as const, registers: [registry] };
  const depth = new Gauge({ ...shared, name: 'workqueue_depth', help: 'Current depth of workqueue.' });
  const adds = new Counter({
    ...shared,
    name: 'workqueue_adds_total',
    help: 'Total number of adds handled by workqueue.',
  });
  const waited = new Histogram({
    ...shared,
    name: 'workqueue_queue_duration_seconds',
    help: 'How long in seconds an item stays in workqueue before being requested.',
    buckets: BUCKETS,
  });
  const worked = new Histogram({
    ...shared,
    name: 'workqueue_work_duration_seconds',
    help: 'How long in seconds processing an item from workqueue takes.',
    buckets: BUCKETS,
  });
  const retries = new Counter({
    ...shared,
    name: 'workqueue_retries_total',
    help: 'Total number of retries handled by workqueue.',
  });
  const unfinished = new Gauge({
    ...shared,
    name: 'workqueue_unfinished_work_seconds',
    help: 'Seconds of work in progress that work_duration has not seen yet; it grows where something is stuck.',
    collect: () => {
      for (const { name, unfinishedMs } of loops()) {
        unfinished.set({ name }, seconds(unfinishedMs.reduce((sum, ms) => sum + ms, 0)));
      }
    },
  });
  const longest = new Gauge({
    ...shared,
    name: 'workqueue_longest_running_processor_seconds',
    help: 'How many seconds the longest running processor of the workqueue has been running.',
    collect: () => {
      for (const { name, unfinishedMs } of loops()) longest.set({ name }, seconds(Math.max(0, ...unfinishedMs)));
    },
  });
  for (const name of CONTROLLERS) {
    for (const gauge of [depth, unfinished, longest]) gauge.set({ name }, 0);
    for (const counter of [adds, retries]) counter.inc({ name }, 0);
    for (const histogram of [waited, worked]) histogram.zero({ name });
  }

  return (trace) => {
    if (trace.trace !== 'Queue') return;
    const { queue: name, change } = trace;
    switch (change.change) {
      case 'added':
        adds.inc({ name });
        depth.set({ name }, change.depth);
        return;
      case 'started':
        depth.set({ name }, change.depth);
        waited.observe({ name }, seconds(change.waitedMs));
        return;
      case 'done':
        worked.observe({ name }, seconds(change.workedMs));
        return;
      case 'retried':
        retries.inc({ name });
    }
  };
};
