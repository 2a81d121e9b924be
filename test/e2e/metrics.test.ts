import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ACTION_KINDS } from '../../src/api/action.ts';
import { PHASES } from '../../src/api/phase.ts';
import { ACTION_RESULTS, CONTROLLERS, RECONCILE_RESULTS, SOURCES } from '../../src/api/trace.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { seriesOf, unfitLabels } from '../helpers/metrics.ts';
import { checkMetrics } from '../helpers/promtool.ts';

const test = suite('metrics and health of a real controller');

/** The loops that a session's life needs. */
const LOOPS = ['manifest', 'queue', 'project', 'session', 'retention'];

/** Where it says that it is. */
const addressOf = (controller: ControllerProcess): Promise<string> =>
  eventually(() => /^metrics +(http:.*)\/metrics$/m.exec(controller.output)?.[1]);

const get = async (controller: ControllerProcess, path: string) => {
  const response = await fetch(`${await addressOf(controller)}${path}`);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

const command = (line: string) => ({ session: { windows: [{ name: 'main', command: line }] } });

/** Projects that run, have ended well and badly, and stand still; and manifests that are broken. */
const withVariety = (body: (controller: ControllerProcess) => Promise<void>): Promise<void> =>
  withController(async (controller) => {
    controller.declare('web');
    controller.declare('api', { queue: 'batch' });
    controller.declare('job', { ...command('exit 0'), queue: 'batch' });
    controller.declare('flaky', { ...command('exit 3'), restartPolicy: 'Never' });
    controller.declare('idle', { suspend: true });
    writeFileSync(join(controller.manifests, 'broken.json'), '{ "kind": ');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    await controller.untilPhase('api', 'Running');
    await controller.untilPhase('job', 'Completed');
    await controller.untilPhase('flaky', 'Failed');
    await controller.untilPhase('idle', 'Suspended');
    await body(controller);
  });

test('promtool finds nothing to say against a real scrape, and the names of the loop are controller-runtime’s', () =>
  withVariety(async (controller) => {
    const { status, type, text } = await get(controller, '/metrics');
    assert.is(status, 200);
    assert.match(type ?? '', /^text\/plain; version=0\.0\.4/);
    assert.equal(checkMetrics(text), { status: 0, problems: '' });
    const series = seriesOf(text);
    const has = (name: string): void => assert.ok(series.has(name), name);
    for (const loop of LOOPS) {
      const label = `{controller="${loop}"}`;
      for (const result of RECONCILE_RESULTS) {
        has(`controller_runtime_reconcile_total{controller="${loop}",result="${result}"}`);
      }
      has(`controller_runtime_reconcile_errors_total${label}`);
      has(`controller_runtime_reconcile_time_seconds_count${label}`);
      has(`controller_runtime_active_workers${label}`);
      has(`controller_runtime_max_concurrent_reconciles${label}`);
      for (const name of [
        'workqueue_depth',
        'workqueue_adds_total',
        'workqueue_retries_total',
        'workqueue_queue_duration_seconds_count',
        'workqueue_work_duration_seconds_count',
        'workqueue_unfinished_work_seconds',
        'workqueue_longest_running_processor_seconds',
      ]) {
        has(`${name}{name="${loop}"}`);
      }
    }
    for (const kind of ACTION_KINDS) {
      for (const result of ACTION_RESULTS) has(`tmuxlet_actions_total{kind="${kind}",result="${result}"}`);
    }
    for (const source of SOURCES) has(`tmuxlet_observation_unknown_total{source="${source}"}`);
    assert.ok([...series].some(([name, value]) => name.startsWith('tmuxlet_build_info{version=') && value === 1));
    // What was done is what is counted: four sessions were started, one manifest does not parse.
    assert.is(series.get('tmuxlet_actions_total{kind="StartSession",result="success"}'), 4);
    assert.is(series.get('tmuxlet_manifests{state="bad"}'), 1);
    assert.is(series.get('tmuxlet_manifests{state="good"}'), 5);
    assert.ok((series.get('controller_runtime_reconcile_total{controller="project",result="success"}') ?? 0) > 0);
  }));

test('the Projects counted are those that `get` shows, by phase and queue', () =>
  withVariety(async (controller) => {
    const { items } = await controller.client.projects();
    const series = seriesOf((await get(controller, '/metrics')).text);
    for (const queue of ['default', 'batch']) {
      for (const phase of PHASES) {
        const shown = items.filter(({ spec, status }) => spec.queue === queue && status.phase === phase).length;
        assert.is(series.get(`tmuxlet_projects{phase="${phase}",queue="${queue}"}`), shown, `${phase} in ${queue}`);
      }
    }
    const counted = [...series].filter(([name]) => name.startsWith('tmuxlet_projects{'));
    assert.is(
      counted.reduce((sum, [, count]) => sum + count, 0),
      5,
    );
  }));

test('no label holds a path, a session or a uid: their number would grow without bound', () =>
  withVariety(async (controller) => {
    const { items } = await controller.client.projects();
    const { text } = await get(controller, '/metrics');
    assert.match(text, 'phase="Running"');
    assert.equal(unfitLabels(text), []);
    // Names of Projects stand in series that go with them, under one label.
    const named = [...text.matchAll(/(\w+)="([^"]*)"/g)].filter(([, label]) => label !== 'project');
    for (const { metadata } of items)
      assert.not.ok(
        named.some(([, , value]) => value === metadata.name),
        metadata.name,
      );
  }));

test('a controller that is well says ok, and each of its checks where one asks', () =>
  withVariety(async (controller) => {
    for (const path of ['/livez', '/readyz', '/healthz']) {
      const { status, text } = await get(controller, path);
      assert.equal({ path, status, text }, { path, status: 200, text: 'ok' });
    }
    const { status, text } = await get(controller, '/readyz?verbose');
    assert.is(status, 200);
    const checks = ['store', 'manifests', 'session', ...LOOPS.map((name) => `controller-${name}`)];
    for (const check of checks) assert.match(text, `[+]${check} ok\n`);
    assert.match(text, /readyz check passed\n$/);
    // Those that are announced to metrics and logs are those that run.
    const livez = (await get(controller, '/livez?verbose')).text;
    const loops = [...livez.matchAll(/^\[\+\]loop-(\w+) ok$/gm)].map(([, name = '']) => name);
    assert.equal(loops.toSorted(), [...CONTROLLERS].toSorted());
  }));

/** Waits for an answer with this status; the error tells the last one. */
const untilReady = (controller: ControllerProcess, status: 200 | 503): Promise<string> =>
  eventually(
    async () => {
      const answer = await get(controller, '/readyz');
      if (answer.status === status) return answer.text;
      throw new Error(`/readyz still answers ${answer.status}: ${answer.text}`);
    },
    { withinMs: 30_000, everyMs: 50 },
  );

test('while tmux does not answer it is not ready and says why, and lives on; afterwards it is ready again', () =>
  withController(async (controller) => {
    controller.declare('web');
    await controller.start('--state-sync-interval-seconds', '1');
    await controller.untilPhase('web', 'Running');
    await untilReady(controller, 200);
    const [server = 0] = controller.serverPids();
    process.kill(server, 'SIGSTOP');
    try {
      assert.match(
        await untilReady(controller, 503),
        /\[-\]session failed: tmux (did not answer|has still not answered)/,
      );
      assert.is((await get(controller, '/livez')).status, 200);
      assert.is((await get(controller, '/healthz')).status, 503);
      const series = seriesOf((await get(controller, '/metrics')).text);
      assert.ok((series.get('tmuxlet_observation_unknown_total{source="session"}') ?? 0) > 0);
      assert.is(series.get('tmuxlet_tmux_up{shard="0"}'), 0);
      assert.ok(!series.has('tmuxlet_tmux_sessions{shard="0"}'));
      assert.ok((series.get('tmuxlet_tmux_command_seconds_count{command="list-panes",result="timeout"}') ?? 0) > 0);
      // What does not answer proves no phantom (I3).
      assert.is(series.get('tmuxlet_phantom_projects'), 0);
    } finally {
      process.kill(server, 'SIGCONT');
    }
    await untilReady(controller, 200);
    const series = seriesOf((await get(controller, '/metrics')).text);
    assert.is(series.get('tmuxlet_tmux_up{shard="0"}'), 1);
    assert.is(series.get('tmuxlet_tmux_sessions{shard="0"}'), 1);
    assert.is(series.get('tmuxlet_tmux_server_restarts_total'), 0);
  }));

test('while the manifest directory is gone it is not ready and says so; nothing is deleted meanwhile', () =>
  withController(async (controller) => {
    controller.declare('web');
    await controller.start('--state-sync-interval-seconds', '1');
    await controller.untilPhase('web', 'Running');
    const away = `${controller.manifests}-away`;
    renameSync(controller.manifests, away);
    assert.match(await untilReady(controller, 503), /\[-\]manifests failed: .*\/m\b/);
    assert.is((await controller.project('web'))?.status.phase, 'Running');
    renameSync(away, controller.manifests);
    await untilReady(controller, 200);
    assert.is(controller.sessions().length, 1);
  }));

test.run();
