import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../test/helpers/eventually.ts';
import type { Fleet } from './fleet.ts';
import { isIdle, passesOf, scrape, type Series } from './scrape.ts';

/** Waits until every Project has been looked at since that scrape, and nothing is left to look at. */
export const untilLookedAtAll = async (fleet: Fleet, before: Series): Promise<void> => {
  await eventually(
    async () => {
      const { series } = await scrape(fleet.controller.url);
      return isIdle(series) && passesOf(series) - passesOf(before) >= fleet.names.length;
    },
    { withinMs: 5 * 60_000, everyMs: 100, signal: fleet.signal },
  );
};

/** Nothing is waited for any longer: where the machine is full, some try again for ever. */
const STILL_WITHIN_MS = 60_000;

/** Waits until nothing is left to look at, and nothing has been written for so long. */
export const untilStill = async ({ controller, reader, signal }: Fleet, quietMs: number): Promise<void> => {
  const deadline = performance.now() + STILL_WITHIN_MS;
  let revision = reader.revision();
  let quietSince = performance.now();
  while (performance.now() < Math.min(deadline, quietSince + quietMs)) {
    await pause(100, undefined, { signal });
    const { series } = await scrape(controller.url);
    if (reader.revision() === revision && isIdle(series)) continue;
    revision = reader.revision();
    quietSince = performance.now();
  }
};
