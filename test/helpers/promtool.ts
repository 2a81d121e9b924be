import { spawnSync } from 'node:child_process';

/** What Prometheus' own tool says of a page of metrics: status 0 and no problems where it has nothing against it. */
export const checkMetrics = (page: string): { readonly status: number | null; readonly problems: string } => {
  const { status, stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
  if (error) throw error;
  return { status, problems: stderr };
};
