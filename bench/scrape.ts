/**
 * How long a scrape of /metrics takes, all of which blocks the loop: `npm run bench:scrape [PROJECTS]`, 1,000 by
 * default, in a database of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openStore } from '../src/store/store.ts';
import { metricsPage } from '../src/telemetry/metrics-page.ts';
import { addManyProjects, metricsOf } from '../test/helpers/many-projects.ts';

const SCRAPES = 50;
const count = Number(process.argv[2] ?? 1000);
const folder = mkdtempSync(join(tmpdir(), 'tl-scrape-'));
try {
  const store = openStore(join(folder, 'tmuxlet.db'), { now: Date.now });
  addManyProjects(store, count);
  const { registry } = metricsOf(store, folder);
  await metricsPage(registry);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const took: number[] = [];
  let page = '';
  for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
    const began = performance.now();
    page = await metricsPage(registry);
    took.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  delay.disable();
  took.sort((a, b) => a - b);
  const at = (share: number): string => `${Math.round(took[Math.floor(share * (SCRAPES - 1))] ?? 0)} ms`;
  console.log(
    `${count} Projects: half of ${SCRAPES} scrapes took up to ${at(0.5)}, nine of ten up to ${at(0.9)}, the longest ${at(1)}; ` +
      `the loop stood still for ${Math.round(delay.max / 1e6)} ms at most; ` +
      `${page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length} series in ${Math.round(page.length / 1024)} KiB`,
  );
  store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
