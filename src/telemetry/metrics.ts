import { Registry } from 'prom-client';
import type { StoreReader } from '../api/ports/store.ts';
import type { Tracer } from '../api/trace.ts';
import { actionMetrics } from './metrics/actions.ts';
import { buildMetrics } from './metrics/build.ts';
import { conflictMetrics } from './metrics/conflicts.ts';
import { controllerMetrics } from './metrics/controllers.ts';
import { heartbeatMetrics } from './metrics/heartbeats.ts';
import { lockMetrics } from './metrics/locks.ts';
import type { LoopView } from './metrics/loop-view.ts';
import { manifestMetrics } from './metrics/manifests.ts';
import { notificationMetrics } from './metrics/notifications.ts';
import { observationMetrics } from './metrics/observations.ts';
import { orphanMetrics } from './metrics/orphans.ts';
import { preflightMetrics } from './metrics/preflight.ts';
import { processMetrics } from './metrics/process.ts';
import { projectMetrics } from './metrics/projects.ts';
import { stateMetrics } from './metrics/state.ts';
import { workqueueMetrics } from './metrics/workqueues.ts';

/** What is asked at every scrape; all else comes from the trace stream. */
export interface MetricsSources {
  readonly version: string;
  readonly reader: Pick<StoreReader, 'phaseCounts' | 'queues' | 'openChannels' | 'orphans'>;
  /** The controllers' loops; empty until they have been made. */
  readonly loops: () => readonly LoopView[];
  /** Projects whose heartbeat is stale. */
  readonly stalled: () => number;
}

export interface Metrics {
  readonly registry: Registry;
  /** Feeds the metrics. */
  readonly tracer: Tracer;
}

/** Every metric there is, in a registry of its own. */
export const createMetrics = (sources: MetricsSources): Metrics => {
  const registry = new Registry();
  buildMetrics(registry, sources.version);
  processMetrics(registry);
  projectMetrics(registry, sources.reader);
  orphanMetrics(registry, sources.reader);
  const tracers = [
    controllerMetrics(registry, sources.loops),
    workqueueMetrics(registry, sources.loops),
    actionMetrics(registry),
    observationMetrics(registry),
    manifestMetrics(registry),
    conflictMetrics(registry),
    heartbeatMetrics(registry, sources.stalled),
    notificationMetrics(registry, sources.reader),
    lockMetrics(registry),
    preflightMetrics(registry),
    stateMetrics(registry),
  ];
  return { registry, tracer: (trace) => tracers.forEach((tracer) => tracer(trace)) };
};
