import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MISMATCH_TYPES } from '../../src/api/mismatch.ts';
import { mismatch } from '../../src/machines/synchronize/kinds.ts';
import { metricsOver, scrape } from '../helpers/metrics.ts';

const test = suite('metrics of the synchronizer');

const dead = mismatch('DeadSession', 'Project/web', 'Resume', 'gone', 'uid-web');

test('every type is there from the start, and what no longer disagrees is none', async () => {
  const { registry, tracer } = metricsOver();
  const countOf = async (type: string) => (await scrape(registry)).get(`tmuxlet_state_mismatches{type="${type}"}`);
  for (const type of MISMATCH_TYPES) assert.is(await countOf(type), 0, type);
  tracer({ trace: 'StateCompared', mismatches: [dead, { ...dead, subject: 'Project/api' }], skipped: [] });
  assert.is(await countOf('DeadSession'), 2);
  tracer({ trace: 'StateCompared', mismatches: [], skipped: [] });
  assert.is(await countOf('DeadSession'), 0);
});

test('passes are counted, and those in which a source gave no answer', async () => {
  const { registry, tracer } = metricsOver();
  const skipped = [0, 1].map((shard) => ({ source: 'tmux', reason: `server ${shard}: no answer` }) as const);
  tracer({ trace: 'StateCompared', mismatches: [], skipped });
  tracer({ trace: 'StateCompared', mismatches: [], skipped: [] });
  const series = await scrape(registry);
  assert.is(series.get('tmuxlet_state_sync_passes_total'), 2);
  assert.is(series.get('tmuxlet_state_sync_skipped_total{source="tmux"}'), 1);
  assert.is(series.get('tmuxlet_state_sync_skipped_total{source="manifests"}'), 0);
});

test.run();
