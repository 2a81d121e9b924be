import type { Registry } from 'prom-client';
import type { PhaseCount } from '../../src/api/ports/store.ts';
import { CONTROLLERS } from '../../src/api/trace.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import type { LoopView } from '../../src/telemetry/metrics/loop-view.ts';

/** Metrics over sources that a test fills in. */
export const metricsOver = ({
  counts = [],
  open = new Map(),
  loops = CONTROLLERS.map((name) => ({ name, workers: 1, unfinishedMs: [] })),
  stalled = 0,
}: {
  readonly counts?: readonly PhaseCount[];
  /** Messages in the outbox, by channel. */
  readonly open?: ReadonlyMap<string, number>;
  readonly loops?: readonly LoopView[];
  /** Projects whose heartbeat is stale. */
  readonly stalled?: number;
} = {}): Metrics =>
  createMetrics({
    version: '0.1.0',
    reader: {
      phaseCounts: () => counts,
      queues: () => [{ name: 'default', maxConcurrent: 20 }],
      openChannels: () => open,
      orphans: () => [],
    },
    loops: () => loops,
    stalled: () => stalled,
  });

/** Every series of a page of metrics, by its name with labels as Prometheus writes them. */
export const seriesOf = (page: string): ReadonlyMap<string, number> => {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
};

/** Every series that a scrape shows. */
export const scrape = async (registry: Registry): Promise<ReadonlyMap<string, number>> =>
  seriesOf(await registry.metrics());
