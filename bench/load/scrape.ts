import { seriesOf } from '../../test/helpers/metrics.ts';

export type Series = ReadonlyMap<string, number>;

/** One scrape, as Prometheus makes it, and how long it took. */
export const scrape = async (url: string): Promise<{ readonly series: Series; readonly ms: number }> => {
  const began = performance.now();
  const page = await (await fetch(`${url}/metrics`)).text();
  return { series: seriesOf(page), ms: performance.now() - began };
};

const BUCKET = 'controller_runtime_reconcile_time_seconds_bucket';

/** A percentile of the project controller's passes between two scrapes, in milliseconds: the bound of its bucket. */
export const reconcileMs = (before: Series, after: Series, part: number): number => {
  const buckets = [...after].flatMap(([name, count]) => {
    if (!name.startsWith(BUCKET) || !name.includes('controller="project"')) return [];
    const bound = /le="([^"]+)"/.exec(name)?.[1] ?? '';
    return [
      { bound: bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound), count: count - (before.get(name) ?? 0) },
    ];
  });
  const sorted = buckets.toSorted((a, b) => a.bound - b.bound);
  const total = sorted.at(-1)?.count ?? 0;
  return (sorted.find(({ count }) => count >= total * part)?.bound ?? Number.NaN) * 1000;
};

export const passesOf = (series: Series): number =>
  [...series]
    .filter(([name]) => name.startsWith('controller_runtime_reconcile_total{controller="project"'))
    .reduce((sum, [, value]) => sum + value, 0);

export const isIdle = (series: Series): boolean =>
  ['project', 'queue', 'manifest', 'session'].every(
    (name) => (series.get(`workqueue_depth{name="${name}"}`) ?? 0) === 0,
  );

/** The longest and the 99th percentile of how long the event loop stood still since the scrape before, in milliseconds. */
export const lagOf = (series: Series): { readonly p99Ms: number; readonly maxMs: number } => ({
  p99Ms: (series.get('nodejs_eventloop_lag_p99_seconds') ?? Number.NaN) * 1000,
  maxMs: (series.get('nodejs_eventloop_lag_max_seconds') ?? Number.NaN) * 1000,
});
