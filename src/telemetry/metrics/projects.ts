import { Gauge, type Registry } from 'prom-client';
import { PHASES } from '../../api/phase.ts';
import type { StoreReader } from '../../api/ports/store.ts';

/** Counted in the store at every scrape, so that they are right after a restart too. */
export const projectMetrics = (registry: Registry, reader: Pick<StoreReader, 'phaseCounts' | 'queues'>): void => {
  const projects = new Gauge({
    name: 'tmuxlet_projects',
    help: 'Projects by phase and queue.',
    labelNames: ['phase', 'queue'],
    registers: [registry],
    collect: () => {
      projects.reset();
      const counts = reader.phaseCounts();
      const queues = new Set([...reader.queues().map(({ name }) => name), ...counts.map(({ queue }) => queue)]);
      for (const queue of queues) for (const phase of PHASES) projects.set({ phase, queue }, 0);
      for (const { phase, queue, projects: count } of counts) projects.set({ phase, queue }, count);
    },
  });
};
