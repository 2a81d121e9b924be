import { Gauge, type Registry } from 'prom-client';
import { PHASES } from '../../api/phase.ts';
import type { PhaseCount, QueueRow, StoreReader } from '../../api/ports/store.ts';
import type { Clock, Holder } from '../../api/ports/world.ts';
import type { ProjectRow } from '../../api/project.ts';
import type { Now } from '../../api/time.ts';
import type { Tracer } from '../../api/trace.ts';
import { projectSeries } from './project-series.ts';
import { queueMetrics } from './queues.ts';

export interface RowSources {
  readonly reader: Pick<StoreReader, 'projects' | 'phaseCounts' | 'queues'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly locks: () => readonly Holder[];
  readonly lastBeat: (row: ProjectRow) => Now | null;
  readonly mostProjects: number;
}

/** What is read from the Projects' rows at every scrape, once for all, so that it is right after a restart too. */
export const rowMetrics = (registry: Registry, sources: RowSources): Tracer => {
  const { reader, clock, locks, lastBeat, mostProjects } = sources;
  // The registry asks metrics in the order of their registration, and this first one fills in those that follow.
  const projects = new Gauge({
    name: 'tmuxlet_projects',
    help: 'Projects by phase and queue.',
    labelNames: ['phase', 'queue'],
    registers: [registry],
    collect: () => {
      const now = clock.now();
      const rows = reader.projects();
      const known = reader.queues();
      showCounts(projects, reader.phaseCounts(), known);
      queues.show(rows, known, now);
      showProjects(rows, now);
    },
  });
  const queues = queueMetrics(registry, reader.queues());
  const showProjects = projectSeries(registry, { locks, lastBeat, most: mostProjects });
  return queues.tracer;
};

const showCounts = (
  gauge: Gauge<'phase' | 'queue'>,
  counts: readonly PhaseCount[],
  known: readonly QueueRow[],
): void => {
  gauge.reset();
  const queues = new Set([...known.map(({ name }) => name), ...counts.map(({ queue }) => queue)]);
  for (const queue of queues) for (const phase of PHASES) gauge.set({ phase, queue }, 0);
  for (const { phase, queue, projects } of counts) gauge.set({ phase, queue }, projects);
};
