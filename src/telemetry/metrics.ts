import { Registry } from 'prom-client';
import type { StoreReader } from '../api/ports/store.ts';
import type { Clock, Holder } from '../api/ports/world.ts';
import type { ProjectRow } from '../api/project.ts';
import type { Now } from '../api/time.ts';
import type { Tracer } from '../api/trace.ts';
import type { Availability } from './availability.ts';
import { actionMetrics } from './metrics/actions.ts';
import { buildMetrics } from './metrics/build.ts';
import { conflictMetrics } from './metrics/conflicts.ts';
import { controllerMetrics } from './metrics/controllers.ts';
import { fleetMetrics } from './metrics/fleet.ts';
import { heartbeatMetrics } from './metrics/heartbeats.ts';
import { lifeMetrics } from './metrics/life.ts';
import { lockMetrics } from './metrics/locks.ts';
import { loopHealthMetrics } from './metrics/loop-health.ts';
import type { LoopView } from './metrics/loop-view.ts';
import { manifestMetrics } from './metrics/manifests.ts';
import { notificationMetrics } from './metrics/notifications.ts';
import { observationMetrics } from './metrics/observations.ts';
import { orphanMetrics } from './metrics/orphans.ts';
import { preflightMetrics } from './metrics/preflight.ts';
import { processMetrics } from './metrics/process.ts';
import { rowMetrics } from './metrics/rows.ts';
import { stateMetrics } from './metrics/state.ts';
import { storeMetrics, type StorePlaces } from './metrics/store.ts';
import { successMetrics } from './metrics/success.ts';
import { tmuxMetrics } from './metrics/tmux.ts';
import { workqueueMetrics } from './metrics/workqueues.ts';

/** What is asked at every scrape; all else comes from the trace stream. */
export interface MetricsSources {
  readonly version: string;
  readonly reader: Pick<
    StoreReader,
    'projects' | 'phaseCounts' | 'queues' | 'openChannels' | 'orphans' | 'openAttempts' | 'runningSessions'
  >;
  readonly places: StorePlaces;
  readonly clock: Pick<Clock, 'now'>;
  /** The controllers' loops; empty until they have been made. */
  readonly loops: () => readonly LoopView[];
  /** What `/livez` says. */
  readonly isUp: () => boolean;
  readonly availability: Availability;
  /** Projects whose heartbeat is stale. */
  readonly stalled: () => number;
  /** When a Project's last beat was seen; null when none was, or none is asked for. */
  readonly lastBeat: (row: ProjectRow) => Now | null;
  /** Resumes are held fleet-wide. */
  readonly breakerIsOpen: () => boolean;
  /** The Projects' locks and who holds them. */
  readonly locks: () => readonly Holder[];
  /** Of how many Projects each has series of its own. */
  readonly mostProjects: number;
  /** So many tmux servers are kept by somebody else, and are to be there. */
  readonly externalServers: number;
}

export interface Metrics {
  readonly registry: Registry;
  /** Feeds the metrics. */
  readonly tracer: Tracer;
}

/** Every metric there is, in a registry of its own. */
export const createMetrics = (sources: MetricsSources): Metrics => {
  const { reader, loops, isUp, clock } = sources;
  const registry = new Registry();
  buildMetrics(registry, sources.version);
  processMetrics(registry);
  fleetMetrics(registry, sources.breakerIsOpen);
  const tracers = [
    rowMetrics(registry, sources),
    controllerMetrics(registry, loops),
    workqueueMetrics(registry, loops),
    loopHealthMetrics(registry, { isUp, now: () => clock.now().wallMs }),
    actionMetrics(registry),
    lifeMetrics(registry),
    observationMetrics(registry),
    manifestMetrics(registry),
    conflictMetrics(registry),
    orphanMetrics(registry, reader),
    heartbeatMetrics(registry, sources.stalled),
    notificationMetrics(registry, reader),
    lockMetrics(registry),
    preflightMetrics(registry),
    stateMetrics(registry),
    tmuxMetrics(registry, sources),
    storeMetrics(registry, sources.places),
    successMetrics(registry, sources),
  ];
  return { registry, tracer: (trace) => tracers.forEach((tracer) => tracer(trace)) };
};
