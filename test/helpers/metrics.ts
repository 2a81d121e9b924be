import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { systemClock } from '../../src/adapters/clock.ts';
import type { PhaseCount } from '../../src/api/ports/store.ts';
import type { Holder } from '../../src/api/ports/world.ts';
import type { ProjectRow } from '../../src/api/project.ts';
import { CONTROLLERS } from '../../src/api/trace.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import type { LoopView } from '../../src/telemetry/metrics/loop-view.ts';

/** Metrics over sources that a test fills in. */
export const metricsOver = ({
  counts = [],
  open = new Map(),
  loops = CONTROLLERS.map((name) => ({ name, workers: 1, unfinishedMs: [] })),
  stalled = 0,
  projects = [],
  locks = [],
  mostProjects = 2000,
}: {
  readonly counts?: readonly PhaseCount[];
  /** Messages in the outbox, by channel. */
  readonly open?: ReadonlyMap<string, number>;
  readonly loops?: readonly LoopView[];
  /** Projects whose heartbeat is stale. */
  readonly stalled?: number;
  readonly projects?: readonly ProjectRow[];
  readonly locks?: readonly Holder[];
  readonly mostProjects?: number;
} = {}): Metrics =>
  createMetrics({
    version: '0.1.0',
    reader: {
      phaseCounts: () => counts,
      queues: () => [{ name: 'default', maxConcurrent: 20 }],
      openChannels: () => open,
      orphans: () => [],
      openAttempts: () => [],
      projects: () => projects,
      runningSessions: () => [],
    },
    places: { stateDir: tmpdir(), database: join(tmpdir(), 'no-such-database') },
    clock: systemClock({ keepAlive: false }),
    loops: () => loops,
    isUp: () => true,
    availability: { upMs: 0, downMs: 0, close: () => {} },
    stalled: () => stalled,
    lastBeat: () => null,
    breakerIsOpen: () => false,
    locks: () => locks,
    mostProjects,
    externalServers: 0,
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

/** The labels of a page that name what they should not: paths, sessions, uids, or the words of an error. */
export const unfitLabels = (page: string): readonly string[] =>
  [...page.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
    .map(([all, name = '', value = '']) => ({ all, name, value }))
    .filter(({ name }) => name !== 'le' && name !== 'version' && name !== 'node')
    .filter(({ value }) => !/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(value) || /[0-9a-f]{8}-[0-9a-f]{4}-/.test(value))
    .map(({ all }) => all);
