import { openSignOfLife } from '../adapters/sign-of-life.ts';
import type { Store } from '../api/ports/store.ts';
import type { Clock } from '../api/ports/world.ts';
import { type Config, databaseOf, signOfLifeOf } from '../config.ts';
import { breakerIn } from '../controllers/fleet.ts';
import type { Loop } from '../controllers/loop.ts';
import type { Manager } from '../controllers/manager.ts';
import type { Health } from '../server/control.ts';
import { type SignOfLife, watchAvailability } from '../telemetry/availability.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import type { LoopView } from '../telemetry/metrics/loop-view.ts';
import { VERSION } from '../version.ts';
import type { TraceBus } from './trace-bus.ts';
import type { World } from './world.ts';

export interface MeasureParts {
  readonly config: Config;
  readonly stateDir: string;
  readonly world: World;
  readonly store: Store;
  readonly manager: Manager;
  readonly clock: Clock;
  readonly trace: TraceBus;
  readonly health: Health;
}

/** What measures the running controller: all of its metrics, fed by the trace stream. */
export const openMeasures = (parts: MeasureParts): Pick<Metrics, 'registry'> & { close(): void } => {
  const { config, stateDir, world, store, manager, clock, trace, health } = parts;
  const isUp = (): boolean => health.live().every(({ ok }) => ok);
  const availability = watchAvailability({
    // A dry run is no life of the controller.
    sign: config.dryRun ? noSign : openSignOfLife(signOfLifeOf(stateDir)),
    isUp,
    now: clock.now,
    every: (ms, callback) => {
      const timer = setInterval(callback, ms).unref();
      return () => clearInterval(timer);
    },
  });
  const { registry, tracer } = createMetrics({
    version: VERSION,
    reader: store,
    places: { stateDir, database: databaseOf(stateDir) },
    clock,
    loops: () => manager.loops.map(viewOf),
    isUp,
    availability,
    stalled: () => manager.heartbeats.stalled,
    lastBeat: ({ uid, spec, memory }) =>
      spec.heartbeat && memory.runningSince !== null
        ? (manager.heartbeats.of(uid)?.lastBeat ?? memory.heartbeat?.lastBeat ?? null)
        : null,
    breakerIsOpen: () => breakerIn(store).state === 'Open',
    locks: () => world.locks.list(),
    mostProjects: config.metricsProjects,
    externalServers: config.externalTmuxServers,
  });
  const stop = trace.listen(tracer);
  return {
    registry,
    close() {
      stop();
      availability.close();
    },
  };
};

const noSign: SignOfLife = { read: () => null, write: () => {}, touch: () => {} };

const viewOf = ({ controller, queue }: Loop): LoopView => ({
  name: controller.name,
  workers: controller.workers,
  unfinishedMs: queue.unfinishedMs,
});
