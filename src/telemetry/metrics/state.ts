import { Counter, Gauge, type Registry } from 'prom-client';
import { MISMATCH_TYPES, SYNC_SOURCES } from '../../api/mismatch.ts';
import type { Tracer } from '../../api/trace.ts';

/** Whether the records agree, as the synchronizer last saw them. */
export const stateMetrics = (registry: Registry): Tracer => {
  const mismatches = new Gauge({
    name: 'tmuxlet_state_mismatches',
    help: 'Records that disagree, by what they disagree on, in the last pass of the synchronizer.',
    labelNames: ['type'],
    registers: [registry],
  });
  const passes = new Counter({
    name: 'tmuxlet_state_sync_passes_total',
    help: 'Comparisons of all records with each other.',
    registers: [registry],
  });
  const skipped = new Counter({
    name: 'tmuxlet_state_sync_skipped_total',
    help: 'Passes in which a source gave no answer, so that what rests on it was not compared.',
    labelNames: ['source'],
    registers: [registry],
  });
  for (const type of MISMATCH_TYPES) mismatches.set({ type }, 0);
  for (const source of SYNC_SOURCES) skipped.inc({ source }, 0);

  return (trace) => {
    if (trace.trace !== 'StateCompared') return;
    passes.inc();
    for (const source of new Set(trace.skipped.map((each) => each.source))) skipped.inc({ source });
    const counts = Map.groupBy(trace.mismatches, ({ type }) => type);
    for (const type of MISMATCH_TYPES) mismatches.set({ type }, counts.get(type)?.length ?? 0);
  };
};
