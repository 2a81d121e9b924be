import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DASHBOARDS } from '../../grafana/src/dashboards.ts';
import { BusyWorld, PICKED } from '../helpers/busy-world.ts';
import { panelsOf, targetsOf, withValues } from '../helpers/dashboards.ts';
import type { Series } from '../helpers/prometheus.ts';

const test = suite('dashboards over a real Prometheus and a controller in trouble');

const SCRAPE_SECONDS = 0.5;

/** Marks that this run does not bring about, and why. */
const UNMARKED = new Set([
  // Most resumes of the fleet would have to fail, and the Projects here are to come back.
  'Breaker open',
]);

const hasPoints = (series: readonly Series[]): boolean =>
  series.some(({ points }) => points.some(([, value]) => Number.isFinite(value)));

test('every query of every panel, and every mark, has something to show', async () => {
  const world = new BusyWorld();
  try {
    const from = Date.now() / 1000;
    await world.open({ scrapeMs: SCRAPE_SECONDS * 1000, jobSeconds: 3 });
    for (const { make } of world.troubles) await make();
    const to = Date.now() / 1000;
    const values = {
      ...PICKED,
      __interval: '1s',
      __interval_ms: '1000',
      __rate_interval: `${4 * SCRAPE_SECONDS}s`,
      __range: `${Math.ceil(to - from)}s`,
    };
    const ask = (expr: string) => world.prometheus.queryRange(withValues(expr, values), from, to, 1);

    const empty: string[] = [];
    for (const [name, build] of Object.entries(DASHBOARDS)) {
      const dashboard = build();
      for (const panel of panelsOf(dashboard)) {
        for (const { refId, expr } of targetsOf(panel)) {
          if (!hasPoints(await ask(expr))) empty.push(`${name}, panel “${panel.title}”, ${refId}: ${expr}`);
        }
      }
      for (const mark of dashboard.annotations.list ?? []) {
        const marked = hasPoints(await ask(mark.expr ?? ''));
        if (marked === UNMARKED.has(mark.name)) empty.push(`${name}, marks “${mark.name}”: ${mark.expr}`);
      }
    }
    assert.equal(empty, []);
  } catch (error) {
    if (error instanceof Error)
      error.message += `\n--- the controller said ---\n${world.controller.output.slice(-2000)}`;
    throw error;
  } finally {
    await world.close();
  }
});

test.run();
