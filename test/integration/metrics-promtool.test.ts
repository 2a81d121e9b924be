import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ACTION_KINDS } from '../../src/api/action.ts';
import { PHASES } from '../../src/api/phase.ts';
import { ACTION_RESULTS, CONTROLLERS, RECONCILE_RESULTS } from '../../src/api/trace.ts';
import { metricsOver } from '../helpers/metrics.ts';
import { checkMetrics } from '../helpers/promtool.ts';

const test = suite('promtool');

/** What a busy controller shows: everything that can happen has happened. */
const busyPage = (): Promise<string> => {
  const counts = PHASES.map((phase, index) => ({ phase, queue: 'default', projects: index }));
  const loops = CONTROLLERS.map((name) => ({ name, workers: 4, unfinishedMs: [12, 3400] }));
  const { registry, tracer } = metricsOver({ counts, loops });
  for (const controller of CONTROLLERS) {
    const queue = { trace: 'Queue', queue: controller } as const;
    tracer({ ...queue, change: { change: 'added', depth: 3 } });
    tracer({ ...queue, change: { change: 'started', depth: 2, waitedMs: 3 } });
    tracer({ ...queue, change: { change: 'done', workedMs: 15 } });
    tracer({ ...queue, change: { change: 'retried' } });
    for (const result of RECONCILE_RESULTS) tracer({ trace: 'Reconciled', controller, key: 'k', result, ms: 15 });
  }
  for (const kind of ACTION_KINDS) {
    for (const result of ACTION_RESULTS) tracer({ trace: 'ActionDone', kind, name: 'web', result, ms: 40 });
  }
  const event = { type: 'Normal', reason: 'Started', message: 'attempt 1', object: 'Project/web' } as const;
  tracer({ trace: 'EventRecorded', event });
  tracer({ trace: 'Unknown', source: 'server', reason: 'time-out' });
  tracer({ trace: 'ManifestsRead', good: 12, bad: 1, at: 1_700_000_000_000 });
  return registry.metrics();
};

test('finds nothing to say against the metrics, idle or busy', async () => {
  for (const page of [await metricsOver().registry.metrics(), await busyPage()]) {
    assert.equal(checkMetrics(page), { status: 0, problems: '' });
  }
});

test('would find a gauge with the name of a counter', () => {
  const { status, problems } = checkMetrics('# HELP a_total Help.\n# TYPE a_total gauge\na_total 1\n');
  assert.is.not(status, 0);
  assert.match(problems, 'non-counter metrics should not have "_total" suffix');
});

test.run();
