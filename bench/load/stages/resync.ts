import type { Fleet } from '../fleet.ts';
import type { Done } from '../measure.ts';
import { untilLookedAtAll } from '../settled.ts';
import { scrape } from '../scrape.ts';

/** Everything is looked at again with nothing changed, as it is every five minutes. */
export const resync = async (fleet: Fleet): Promise<Done> => {
  const before = fleet.reader.revision();
  const { series } = await scrape(fleet.controller.url);
  const began = performance.now();
  process.kill(fleet.controller.pid, 'SIGHUP');
  await untilLookedAtAll(fleet, series);
  const written = fleet.reader.revision() - before;
  return {
    what: 'everything looked at again, nothing changed',
    ms: performance.now() - began,
    complaints: written === 0 ? [] : [`${written} rows were written with nothing changed`],
  };
};
