import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../api/ports/world.ts';
import type { Store } from '../api/ports/store.ts';
import type { Tracer } from '../api/trace.ts';
import { systemClock } from '../adapters/clock.ts';
import { type Config, databaseOf, type Environment } from '../config.ts';
import { orphanSettingsOf } from '../config/orphans.ts';
import { Manager } from '../controllers/manager.ts';
import { dryExecutors } from '../controllers/executors/dry-executors.ts';
import type { PlannedAction } from '../server/control.ts';
import { DEFAULT_PLACES } from '../server/views/queue.ts';
import { copyStore } from '../store/store.ts';
import { openWorld, type World } from './world.ts';
import { createTraceBus } from './trace-bus.ts';

/** A manager that decides on the real world, writes to a copy of the database in memory, and acts on nothing (I13). */
export const dryManager = (world: World, store: Store, config: Config, clock: Clock, trace: Tracer): Manager =>
  new Manager({
    ...world,
    store,
    clock,
    trace,
    newUid: () => crypto.randomUUID(),
    settings: {
      maxConcurrentStarts: config.maxConcurrentStarts,
      shardSize: config.shardSize,
      externalTmuxServers: config.externalTmuxServers,
      defaultMaxConcurrent: defaultRoom(config),
      dryRun: true,
      stateSyncDryRun: config.stateSyncDryRun,
      stateSyncIntervalSeconds: config.stateSyncIntervalSeconds,
      orphans: orphanSettingsOf(config.orphans),
    },
    executors: (wake) => dryExecutors({ store, clock, wake }),
  });

export const defaultRoom = (config: Config): number =>
  config.queues.find((queue) => queue.name === 'default')?.maxConcurrent ?? DEFAULT_PLACES;

/** The database as it is now, in memory; an empty one where there is none yet. */
export const openCopy = ({ stateDir }: Config): Store => {
  const database = databaseOf(stateDir);
  return copyStore(existsSync(database) ? database : null);
};

/** Lets the controllers pass until nothing changes any more, and returns what they would have done. */
export const planWith = async (world: World, config: Config, clock: Clock): Promise<readonly PlannedAction[]> => {
  const store = openCopy(config);
  const trace = createTraceBus();
  const planned = new Map<string, PlannedAction>();
  const waiting = new Map<string, PlannedAction>();
  trace.listen((told) => {
    if (told.trace !== 'Planned') return;
    const { name: project, rule, message, actions } = told;
    waiting.set(project, { project, action: null, rule, message });
    for (const action of actions) {
      const key = `${project}/${action}/${rule}`;
      if (!planned.has(key)) planned.set(key, { project, action, rule, message });
    }
  });
  store.transaction((writes) => writes.setQueues(config.queues));
  const manager = dryManager(world, store, config, clock, trace.tell);
  manager.start();
  try {
    await manager.settled(0);
  } finally {
    await manager.stop();
    store.close();
  }
  const acting = new Set([...planned.values()].map((each) => each.project));
  return [...planned.values(), ...[...waiting.values()].filter((each) => !acting.has(each.project))];
};

/** Where a dry run looks: at the state directory, or where no controller ever ran, at an empty one that is gone afterwards. */
export interface DryPlace {
  readonly config: Config;
  remove(): Promise<void>;
}

export const dryPlace = async (config: Config): Promise<DryPlace> => {
  if (existsSync(databaseOf(config.stateDir))) return { config, remove: async () => {} };
  const stateDir = await mkdtemp(join(tmpdir(), 'tmuxlet-dry-'));
  return { config: { ...config, stateDir }, remove: () => rm(stateDir, { recursive: true, force: true }) };
};

/** The plan where no controller runs. */
export const planOnce = async (config: Config, env: Environment): Promise<readonly PlannedAction[]> => {
  const { config: looked, remove } = await dryPlace(config);
  const clock = systemClock();
  const world = await openWorld({ config: looked, env, clock, mode: 'ReadOnly', note: () => {} });
  try {
    return await planWith(world, looked, clock);
  } finally {
    await world.close();
    await remove();
  }
};
