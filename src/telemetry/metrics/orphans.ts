import { Gauge, type Registry } from 'prom-client';
import { ORPHAN_VERDICTS } from '../../api/orphan.ts';
import type { StoreReader } from '../../api/ports/store.ts';

/** Counted in the store at every scrape, so that they are right after a restart too. */
export const orphanMetrics = (registry: Registry, reader: Pick<StoreReader, 'orphans'>): void => {
  const orphans = new Gauge({
    name: 'tmuxlet_orphans',
    help: 'Sessions with our tag that no Project claims, by what was found of each.',
    labelNames: ['verdict'],
    registers: [registry],
    collect: () => {
      for (const verdict of ORPHAN_VERDICTS) orphans.set({ verdict }, 0);
      for (const { verdict } of reader.orphans()) orphans.inc({ verdict });
    },
  });
};
