import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Phase } from '../../api/phase.ts';
import type { QueueRow } from '../../api/ports/store.ts';
import type { ProjectRow } from '../../api/project.ts';
import { elapsedMs, type Now } from '../../api/time.ts';
import type { Tracer } from '../../api/trace.ts';

const WAITING: readonly Phase[] = ['Pending', 'Queued'];

export interface QueueMetrics {
  /** Writes the gauges anew, from all rows. */
  readonly show: (rows: readonly ProjectRow[], queues: readonly QueueRow[], now: Now) => void;
  readonly tracer: Tracer;
}

/** Who waits for what, and for how long. */
export const queueMetrics = (registry: Registry, queues: readonly QueueRow[]): QueueMetrics => {
  const registers = [registry];
  const waiting = new Gauge({
    name: 'tmuxlet_queue_waiting',
    help: 'Projects that are to have a session and have none yet, by what they wait for.',
    labelNames: ['queue', 'reason'],
    registers,
  });
  const longest = new Gauge({
    name: 'tmuxlet_queue_longest_wait_seconds',
    help: 'How long the Project that has waited longest has waited for nothing but a place; 0 when none does.',
    labelNames: ['queue'],
    registers,
  });
  const admitted = new Gauge({
    name: 'tmuxlet_queue_admitted',
    help: 'Projects that hold a place in the queue.',
    labelNames: ['queue'],
    registers,
  });
  const limit = new Gauge({
    name: 'tmuxlet_queue_limit',
    help: 'Places in the queue.',
    labelNames: ['queue'],
    registers,
  });
  const waited = new Histogram({
    name: 'tmuxlet_queue_wait_seconds',
    help: 'How long Projects waited for nothing but a place, told when they got it.',
    labelNames: ['queue'],
    buckets: [0.1, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400],
    registers,
  });
  for (const { name: queue } of queues) waited.zero({ queue });

  const show: QueueMetrics['show'] = (rows, known, now) => {
    for (const gauge of [waiting, longest, admitted, limit]) gauge.reset();
    for (const { name: queue, maxConcurrent } of known) limit.set({ queue }, maxConcurrent);
    const byQueue = Map.groupBy(rows, ({ spec }) => spec.queue);
    for (const queue of new Set([...known.map(({ name }) => name), ...byQueue.keys()])) {
      const members = byQueue.get(queue) ?? [];
      const waits = members.map(({ memory }) => (memory.queuedSince ? elapsedMs(memory.queuedSince, now) : 0));
      longest.set({ queue }, Math.max(0, ...waits) / 1000);
      admitted.set({ queue }, members.filter(({ admittedAt }) => admittedAt !== null).length);
      waiting.set({ queue, reason: 'QueueFull' }, 0);
      for (const { memory } of members) {
        // Reasons are words of the source code, never of a manifest or an error, and so there are few.
        if (WAITING.includes(memory.phase)) waiting.inc({ queue, reason: memory.reason });
      }
    }
  };

  return {
    show,
    tracer: (trace) => {
      if (trace.trace === 'PlaceGiven') waited.observe({ queue: trace.queue }, trace.waitedMs / 1000);
    },
  };
};
