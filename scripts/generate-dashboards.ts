/** Writes grafana/dashboards/*.json, which Grafana reads, from their builders in grafana/src (`npm run dashboards`). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { DASHBOARDS } from '../grafana/src/dashboards.ts';

/** The files, and the text that each should have. */
export const dashboardFiles = (): ReadonlyMap<URL, string> =>
  new Map(
    Object.entries(DASHBOARDS).map(([name, build]) => [
      new URL(`../grafana/dashboards/${name}.json`, import.meta.url),
      `${JSON.stringify(build(), null, 2)}\n`,
    ]),
  );

if (import.meta.main) {
  mkdirSync(new URL('../grafana/dashboards', import.meta.url), { recursive: true });
  for (const [file, text] of dashboardFiles()) writeFileSync(file, text);
}
