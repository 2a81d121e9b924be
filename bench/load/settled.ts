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
    { withinMs: 5 * 60_000, everyMs: 100 },
  );
};
