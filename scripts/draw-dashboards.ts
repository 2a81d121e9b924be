/**
 * Draws docs/images/dashboard-*.png: brings troubles upon a real controller while a real Prometheus watches, runs the
 * queries of every panel, and has Chromium take pictures of pages with the results. Takes about five minutes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARDS } from '../grafana/src/dashboards.ts';
import { BusyWorld, PICKED } from '../test/helpers/busy-world.ts';
import { panelsOf } from '../test/helpers/dashboards.ts';
import type { Prometheus } from '../test/helpers/prometheus.ts';
import { ask, askMarks, type Span } from './draw/ask.ts';
import type { Answered } from './draw/page.ts';
import { takePictures } from './draw/pictures.ts';

const SCRAPE_SECONDS = 1;
/** Calm before each trouble and after the last: what is well should be seen, too. */
const CALM_MS = Number(process.argv[2] ?? 35) * 1000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const answer = async (prometheus: Prometheus, dashboard: Dashboard, span: Span): Promise<Answered> => {
  const answers = await Promise.all(
    panelsOf(dashboard).map(async (panel) => [panel.id, await ask(prometheus, panel, PICKED, span)] as const),
  );
  const marks = await askMarks(prometheus, dashboard, PICKED, span);
  return { dashboard, picked: PICKED, span, answers: new Map(answers), marks };
};

/** Lets the world live, and looks at it through every dashboard. */
const observe = async (): Promise<ReadonlyMap<string, Answered>> => {
  const world = new BusyWorld();
  try {
    const from = Math.floor(Date.now() / 1000);
    await world.open({ scrapeMs: SCRAPE_SECONDS * 1000, jobSeconds: 100 });
    for (const { what, make } of world.troubles) {
      await sleep(CALM_MS);
      say(what);
      await make();
    }
    await sleep(CALM_MS);
    const span = { from, to: Math.floor(Date.now() / 1000), scrapeSeconds: SCRAPE_SECONDS };
    const seen = new Map<string, Answered>();
    for (const [name, build] of Object.entries(DASHBOARDS)) {
      seen.set(name, await answer(world.prometheus, build(), span));
    }
    return seen;
  } finally {
    await world.close();
  }
};

for (const path of await takePictures(await observe())) say(path);
