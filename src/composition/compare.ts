import { systemClock } from '../adapters/clock.ts';
import type { StateReport } from '../api/mismatch.ts';
import type { StoreReader } from '../api/ports/store.ts';
import type { Clock } from '../api/ports/world.ts';
import type { Config, Environment } from '../config.ts';
import { compareOnce } from '../controllers/synchronizer.ts';
import { dryPlace, openCopy } from './plan.ts';
import { openWorld, type World } from './world.ts';

/** Compares all records and does nothing else. */
export const compareWith = (world: World, store: StoreReader, config: Config, clock: Clock): Promise<StateReport> =>
  compareOnce({ ...world, store, clock, orphanPolicy: config.orphans.policy });

/** The comparison where no controller runs. */
export const compareAlone = async (config: Config, env: Environment): Promise<StateReport> => {
  const { config: looked, remove } = await dryPlace(config);
  const clock = systemClock();
  const world = await openWorld({ config: looked, env, clock, mode: 'ReadOnly', note: () => {} });
  const store = openCopy(looked);
  try {
    return await compareWith(world, store, looked, clock);
  } finally {
    store.close();
    await world.close();
    await remove();
  }
};
