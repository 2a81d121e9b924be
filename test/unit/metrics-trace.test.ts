import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ACTION_KINDS } from '../../src/api/action.ts';
import { CHECK_RESULTS, CHECKS } from '../../src/api/check.ts';
import { LOCK_PURPOSES } from '../../src/api/lock.ts';
import { BEGIN_CAUSES, INTERVENTIONS, REPAIRS, RESTART_CAUSES } from '../../src/api/life.ts';
import { END_CAUSES } from '../../src/api/memory.ts';
import { TMUX_COMMANDS } from '../../src/api/tmux-commands.ts';
import {
  ACTION_RESULTS,
  CONTROLLERS,
  RECONCILE_RESULTS,
  SOURCES,
  TMUX_RESULTS,
  type Trace,
  TRANSACTION_RESULTS,
} from '../../src/api/trace.ts';
import { metricsOver, scrape } from '../helpers/metrics.ts';

const test = suite('the metrics');

/** What a scrape shows after these traces. */
const after = async (...traces: readonly Trace[]): Promise<ReadonlyMap<string, number>> => {
  const { registry, tracer } = metricsOver();
  for (const trace of traces) tracer(trace);
  return scrape(registry);
};

test('every counter is there before it first counts', async () => {
  const series = await after();
  const zero = [
    ...CONTROLLERS.flatMap((controller) =>
      RECONCILE_RESULTS.map(
        (result) => `controller_runtime_reconcile_total{controller="${controller}",result="${result}"}`,
      ),
    ),
    ...CONTROLLERS.flatMap((controller) => [
      `controller_runtime_reconcile_errors_total{controller="${controller}"}`,
      `controller_runtime_reconcile_time_seconds_count{controller="${controller}"}`,
      `controller_runtime_active_workers{controller="${controller}"}`,
      `workqueue_depth{name="${controller}"}`,
      `workqueue_adds_total{name="${controller}"}`,
      `workqueue_retries_total{name="${controller}"}`,
      `workqueue_queue_duration_seconds_count{name="${controller}"}`,
      `workqueue_work_duration_seconds_count{name="${controller}"}`,
      `workqueue_unfinished_work_seconds{name="${controller}"}`,
      `workqueue_longest_running_processor_seconds{name="${controller}"}`,
    ]),
    ...ACTION_KINDS.flatMap((kind) =>
      ACTION_RESULTS.map((result) => `tmuxlet_actions_total{kind="${kind}",result="${result}"}`),
    ),
    ...SOURCES.map((source) => `tmuxlet_observation_unknown_total{source="${source}"}`),
    ...LOCK_PURPOSES.flatMap((purpose) => [
      `tmuxlet_lock_busy_total{purpose="${purpose}"}`,
      `tmuxlet_lock_hold_seconds_count{purpose="${purpose}"}`,
    ]),
    ...CHECKS.flatMap((check) =>
      CHECK_RESULTS.map((result) => `tmuxlet_preflight_checks_total{check="${check}",result="${result}"}`),
    ),
    ...LOCK_PURPOSES.map((purpose) => `tmuxlet_lock_wait_seconds_count{purpose="${purpose}"}`),
    ...BEGIN_CAUSES.map((cause) => `tmuxlet_attempts_started_total{cause="${cause}"}`),
    ...END_CAUSES.map((cause) => `tmuxlet_attempts_ended_total{cause="${cause}"}`),
    ...RESTART_CAUSES.map((cause) => `tmuxlet_restarts_total{cause="${cause}"}`),
    ...REPAIRS.map((repair) => `tmuxlet_repairs_total{repair="${repair}"}`),
    ...['killed', 'adopted'].map((outcome) => `tmuxlet_orphans_ended_total{outcome="${outcome}"}`),
    ...TMUX_COMMANDS.flatMap((command) =>
      TMUX_RESULTS.map((result) => `tmuxlet_tmux_command_seconds_count{command="${command}",result="${result}"}`),
    ),
    ...TRANSACTION_RESULTS.map((result) => `tmuxlet_store_transaction_seconds_count{result="${result}"}`),
    ...INTERVENTIONS.map((verb) => `tmuxlet_manual_interventions_total{verb="${verb}"}`),
    'tmuxlet_queue_wait_seconds_count{queue="default"}',
    'tmuxlet_queue_waiting{queue="default",reason="QueueFull"}',
    'tmuxlet_repair_seconds_count',
    'tmuxlet_runs_total',
    'tmuxlet_phantoms_total',
    'tmuxlet_phantom_projects',
    'tmuxlet_store_errors_total',
    'tmuxlet_tmux_server_restarts_total',
    'tmuxlet_manifests{state="good"}',
    'tmuxlet_manifests{state="bad"}',
    'tmuxlet_manifests_last_read_timestamp_seconds',
  ];
  for (const name of zero) assert.is(series.get(name), 0, name);
});

test('a pass counts by controller and result, with its time in seconds', async () => {
  const pass = { trace: 'Reconciled', controller: 'project', key: 'uid' } as const;
  const series = await after(
    { ...pass, result: 'success', ms: 30 },
    { ...pass, result: 'error', ms: 70, error: new Error('no') },
    { ...pass, result: 'requeue_after', ms: 0 },
  );
  const of = (name: string, labels: string): unknown =>
    series.get(`controller_runtime_${name}{${labels}controller="project"}`);
  assert.is(series.get('controller_runtime_reconcile_total{controller="project",result="success"}'), 1);
  assert.is(series.get('controller_runtime_reconcile_total{controller="project",result="error"}'), 1);
  assert.is(series.get('controller_runtime_reconcile_total{controller="project",result="requeue_after"}'), 1);
  assert.is(series.get('controller_runtime_reconcile_total{controller="project",result="requeue"}'), 0);
  assert.is(of('reconcile_errors_total', ''), 1);
  assert.is(of('reconcile_time_seconds_count', ''), 3);
  assert.is(of('reconcile_time_seconds_sum', ''), 0.1);
  assert.is(of('reconcile_time_seconds_bucket', 'le="0.05",'), 2);
});

test('a queue tells its depth, its adds, its retries, and how long keys wait and are worked on', async () => {
  const queue = { trace: 'Queue', queue: 'project' } as const;
  const series = await after(
    { ...queue, change: { change: 'added', depth: 1 } },
    { ...queue, change: { change: 'added', depth: 2 } },
    { ...queue, change: { change: 'started', depth: 1, waitedMs: 250 } },
    { ...queue, change: { change: 'done', workedMs: 500 } },
    { ...queue, change: { change: 'retried' } },
  );
  const of = (name: string): unknown => series.get(`workqueue_${name}{name="project"}`);
  assert.equal(
    ['depth', 'adds_total', 'retries_total', 'queue_duration_seconds_sum', 'work_duration_seconds_sum'].map(of),
    [1, 2, 1, 0.25, 0.5],
  );
});

test('work under way is measured at the scrape, so that a stuck worker shows', async () => {
  const { registry } = metricsOver({ loops: [{ name: 'project', workers: 8, unfinishedMs: [2000, 500] }] });
  const series = await scrape(registry);
  assert.is(series.get('workqueue_unfinished_work_seconds{name="project"}'), 2.5);
  assert.is(series.get('workqueue_longest_running_processor_seconds{name="project"}'), 2);
  assert.is(series.get('controller_runtime_active_workers{controller="project"}'), 2);
  assert.is(series.get('controller_runtime_max_concurrent_reconciles{controller="project"}'), 8);
});

test('Projects are counted at the scrape, every phase of every known queue', async () => {
  const counts = [{ phase: 'Running' as const, queue: 'slow', projects: 3 }];
  const { registry } = metricsOver({ counts });
  const running = async (): Promise<unknown> =>
    (await scrape(registry)).get('tmuxlet_projects{phase="Running",queue="slow"}');
  assert.is(await running(), 3);
  counts.pop();
  assert.is(await running(), undefined, 'a queue without Projects is no series');
  assert.is((await scrape(registry)).get('tmuxlet_projects{phase="Failed",queue="default"}'), 0);
});

test('actions, events, unknown observations and manifests are counted', async () => {
  const event = { type: 'Warning', reason: 'Stalled', message: 'no beat', object: 'Project/web' } as const;
  const series = await after(
    { trace: 'ActionDone', kind: 'StartSession', name: 'web', result: 'success', ms: 5 },
    { trace: 'EventRecorded', event },
    { trace: 'EventRecorded', event },
    { trace: 'Unknown', source: 'stateFile', reason: 'torn' },
    { trace: 'ManifestsRead', good: 4, bad: 1, at: 5000 },
  );
  assert.is(series.get('tmuxlet_actions_total{kind="StartSession",result="success"}'), 1);
  assert.is(series.get('tmuxlet_events_total{type="Warning",reason="Stalled"}'), 2);
  assert.is(series.get('tmuxlet_observation_unknown_total{source="stateFile"}'), 1);
  assert.is(series.get('tmuxlet_manifests{state="good"}'), 4);
  assert.is(series.get('tmuxlet_manifests{state="bad"}'), 1);
  assert.is(series.get('tmuxlet_manifests_last_read_timestamp_seconds'), 5);
});

test('attempts to tell people are counted by kind of channel, and the outbox at the scrape', async () => {
  const { registry, tracer } = metricsOver({
    open: new Map([
      ['webhook/a', 2],
      ['webhook/b', 1],
    ]),
  });
  tracer({ trace: 'Notified', kind: 'webhook', channel: 'webhook/a', result: 'error', error: 'no' });
  for (const series of [await scrape(registry), await scrape(registry)]) {
    assert.is(series.get('tmuxlet_notifications_total{channel="webhook",result="error"}'), 1);
    assert.is(series.get('tmuxlet_notifications_total{channel="email",result="success"}'), 0);
    assert.is(series.get('tmuxlet_notification_outbox{channel="webhook"}'), 3);
    assert.is(series.get('tmuxlet_notification_outbox{channel="email"}'), 0);
  }
});

test('no name of a Project, path, pid, session or error is in a label', async () => {
  const series = await after(
    { trace: 'Woken', controller: 'project', key: 'secret-uid', why: 'secret-why' },
    {
      trace: 'Reconciled',
      controller: 'project',
      key: 'secret-uid',
      result: 'error',
      ms: 1,
      error: new Error('secret'),
    },
    { trace: 'ActionDone', kind: 'StartSession', name: 'secret-name', result: 'error', ms: 1, error: 'secret' },
    { trace: 'EventRecorded', event: { type: 'Normal', reason: 'R', message: 'secret', object: 'Project/secret' } },
    { trace: 'Unknown', source: 'server', reason: '/secret/socket' },
    { trace: 'Committed', uid: 'secret', name: 'secret', rule: 'secret', from: 'Pending', to: 'Queued' },
    { trace: 'Planned', name: 'secret', rule: 'secret', message: 'secret', actions: [] },
    { trace: 'Fenced', reason: 'secret' },
    { trace: 'Notified', kind: 'webhook', channel: 'webhook/secret', result: 'error', error: 'secret' },
  );
  assert.equal(
    [...series.keys()].filter((name) => name.includes('secret')),
    [],
  );
});

test('two sets of metrics do not know of each other', async () => {
  const [one, other] = [metricsOver(), metricsOver()];
  one.tracer({ trace: 'Unknown', source: 'server', reason: '' });
  const name = 'tmuxlet_observation_unknown_total{source="server"}';
  assert.equal([(await scrape(one.registry)).get(name), (await scrape(other.registry)).get(name)], [1, 0]);
});

test('the build tells tmuxlet and Node', async () => {
  assert.is((await after()).get(`tmuxlet_build_info{version="0.1.0",node="${process.version}"}`), 1);
});

test.run();
