import { Counter, Gauge, type Registry } from 'prom-client';
import { ORPHAN_VERDICTS } from '../../api/orphan.ts';
import type { StoreReader } from '../../api/ports/store.ts';
import type { Tracer } from '../../api/trace.ts';

/** Each end of an orphan that is our doing leaves an event. */
const OUTCOMES: Readonly<Record<string, string>> = { OrphanKilled: 'killed', OrphanAdopted: 'adopted' };

/** Counted in the store at every scrape, so that they are right after a restart too. */
export const orphanMetrics = (registry: Registry, reader: Pick<StoreReader, 'orphans'>): Tracer => {
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
  const ended = new Counter({
    name: 'tmuxlet_orphans_ended_total',
    help: 'Orphans that are none any more by what the controller did, by what that was.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of Object.values(OUTCOMES)) ended.inc({ outcome }, 0);

  return (trace) => {
    const outcome = trace.trace === 'EventRecorded' ? OUTCOMES[trace.event.reason] : undefined;
    if (outcome !== undefined) ended.inc({ outcome });
  };
};
