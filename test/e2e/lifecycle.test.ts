import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('a Project on a real tmux server');

const windows = (...list: Record<string, unknown>[]) => ({ session: { windows: list } });

test('a manifest becomes a session that carries its tags, and a removed one lets it end', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('web');
    const { status, metadata } = await controller.untilPhase('web', 'Running');
    assert.is(status.sessionName, 'web');
    assert.is(status.attempt, 1);
    assert.is(controller.tmux('show-options', '-v', '-t', '=web:', '@tmuxlet_uid').trim(), metadata.uid);
    assert.is(controller.tmux('show-options', '-v', '-t', '=web:', '@tmuxlet_project').trim(), 'web');
    controller.undeclare('web');
    await eventually(async () => (await controller.project('web')) === undefined, { withinMs: 20_000 });
    assert.equal(controller.sessions(), []);
  }));

test('completion is the exit code of the primary, and the last lines and the code are kept (failure 26)', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare(
      'build',
      windows({ name: 'main', command: 'echo all is built; exit 0' }, { name: 'tail', command: 'exec sleep 9999' }),
    );
    await controller.untilPhase('build', 'Completed');
    await eventually(() => controller.sessions().length === 0);
    const { attempts } = await controller.client.describe('build');
    const run = attempts[0]?.runs.find((each) => each.window === 'main');
    assert.is(run?.exitCode, 0);
    assert.match(run?.lastLines ?? '', /all is built/);
    assert.equal(await controller.processesOf('build'), []);
  }));

test('a primary that fails is restarted with back-off until backoffLimit, and then Failed with the cause', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('flaky', {
      ...windows({ name: 'main', command: 'echo run >> runs; exit 7' }),
      backoffLimit: 2,
      backoff: { initialSeconds: 0.2, maxSeconds: 1 },
    });
    const { status } = await controller.untilPhase('flaky', 'Failed');
    assert.is(status.reason, 'BackoffLimitExceeded');
    assert.match(status.message, /exit code 7/);
    assert.is(readFileSync(join(controller.work, 'runs'), 'utf8').trim().split('\n').length, 3);
  }));

test('a killed session is resumed with resumeCommand as a new attempt', () =>
  withController(async (controller) => {
    await controller.start();
    const resumable = {
      name: 'main',
      command: 'echo first > how; exec sleep 9999',
      resumeCommand: 'echo again > how; exec sleep 9999',
    };
    controller.declare('agent', windows(resumable));
    await controller.untilPhase('agent', 'Running');
    controller.tmux('kill-session', '-t', '=agent');
    const { status } = await controller.until(
      'agent',
      ({ status: { phase, attempt } }) => phase === 'Running' && attempt === 2,
    );
    assert.is(status.failures, 1);
    await eventually(() => readFileSync(join(controller.work, 'how'), 'utf8') === 'again\n');
  }));

test('a window’s process that is killed runs again in the same session; a sidecar costs the primary nothing', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare(
      'pair',
      windows({ name: 'main', command: 'exec sleep 9999' }, { name: 'side', command: 'exec sleep 8888' }),
    );
    const before = await controller.untilPhase('pair', 'Running');
    const pids = () =>
      Object.fromEntries(
        controller
          .tmux('list-panes', '-s', '-t', '=pair', '-F', '#{window_name} #{pane_pid}')
          .trim()
          .split('\n')
          .map((line) => line.split(' ')),
      ) as Record<string, string>;
    const first = pids();
    process.kill(Number(first['side']), 'SIGKILL');
    await eventually(() => pids()['side'] !== first['side']);
    assert.is(pids()['main'], first['main']);
    assert.is((await controller.project('pair'))?.status.failures, 0);
    process.kill(Number(first['main']), 'SIGKILL');
    const after = await controller.until('pair', ({ status }) => status.phase === 'Running' && status.restarts === 1);
    assert.is(after.status.sessionId, before.status.sessionId);
    assert.is(after.status.failures, 1);
  }));

test('stopping ends children that ignore SIGHUP and SIGTERM or called setsid (failure 66)', () =>
  withController(async (controller) => {
    await controller.start();
    const stubborn = `trap '' HUP TERM INT; setsid sh -c "trap '' HUP TERM; sleep 7777" & sh -c "trap '' HUP TERM INT; while :; do sleep 6666; done"`;
    controller.declare('tree', { ...windows({ name: 'main', command: stubborn }), terminationGracePeriodSeconds: 1 });
    await controller.untilPhase('tree', 'Running');
    await eventually(async () => (await controller.processesOf('tree')).length >= 5);
    controller.declare('tree', {
      ...windows({ name: 'main', command: stubborn }),
      terminationGracePeriodSeconds: 1,
      suspend: true,
    });
    await controller.untilPhase('tree', 'Suspended');
    assert.equal(await controller.processesOf('tree'), []);
    assert.equal(controller.sessions(), []);
  }));

test('a stop types the stop command first, and a program that obeys it loses nothing', () =>
  withController(async (controller) => {
    await controller.start();
    const obeying = 'while read -r line; do if [ "$line" = quit ]; then echo saved > saved; exit 0; fi; done';
    const spec = {
      ...windows({ name: 'main', command: obeying, stopCommand: 'quit' }),
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
    };
    controller.declare('polite', spec);
    await controller.untilPhase('polite', 'Running');
    controller.declare('polite', { ...spec, suspend: true });
    await controller.untilPhase('polite', 'Suspended');
    assert.ok(existsSync(join(controller.work, 'saved')));
  }));

test('suspended Projects stop and stay so; unsuspended they resume', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('pause');
    await controller.untilPhase('pause', 'Running');
    controller.declare('pause', { suspend: true });
    await controller.untilPhase('pause', 'Suspended');
    assert.equal(controller.sessions(), []);
    controller.declare('pause', { suspend: false });
    const { status } = await controller.untilPhase('pause', 'Running');
    assert.is(status.failures, 0);
  }));

test('restart and reset are carried out once each and acknowledged (failures 24, 46, 63)', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    const restart = await controller.client.request('restart', 'web');
    await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 2);
    assert.ok(controller.acknowledged(restart.id));
    const reset = await controller.client.request('reset', 'web');
    const { status } = await controller.until(
      'web',
      (each) => each.status.phase === 'Running' && each.status.attempt === 3,
    );
    assert.is(status.restarts, 0);
    assert.ok(controller.acknowledged(reset.id));
    assert.is(controller.sessions().length, 1);
  }));

test('an edit of a running session takes effect by its update policy (failure 68)', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('app', windows({ name: 'main', command: 'exec sleep 1111' }));
    await controller.untilPhase('app', 'Running');
    controller.declare('app', windows({ name: 'main', command: 'exec sleep 2222' }));
    const edited = await controller.until('app', ({ metadata }) => metadata.generation === 2);
    assert.is(edited.status.attempt, 1);
    controller.declare('app', { ...windows({ name: 'main', command: 'exec sleep 2222' }), updatePolicy: 'Restart' });
    const { status } = await controller.until(
      'app',
      (each) => each.status.phase === 'Running' && each.status.attempt === 2,
    );
    assert.is(status.failures, 0);
  }));

test('a broken manifest changes nothing, says where it is wrong, and heals when mended (I6)', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    const file = join(controller.manifests, 'web.json');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('"spec": {', '"spec": {\n    "resumePolcy": "Never",'));
    const broken = await controller.until('web', ({ status }) =>
      status.conditions.some((condition) => condition.type === 'ManifestValid' && condition.status === 'False'),
    );
    const condition = broken.status.conditions.find(({ type }) => type === 'ManifestValid');
    assert.match(condition?.message ?? '', /web\.json:\d+:\d+: .*resumePolcy.*resumePolicy/);
    assert.is(broken.status.phase, 'Running');
    assert.is(broken.metadata.generation, 1);
    writeFileSync(file, good);
    await controller.until('web', ({ status }) =>
      status.conditions.some(({ type, status: truth }) => type === 'ManifestValid' && truth === 'True'),
    );
  }));

test('a chain of dependencies runs in order', () =>
  withController(async (controller) => {
    await controller.start();
    const link = (name: string) => windows({ name: 'main', command: `echo ${name} >> order` });
    controller.declare('third', { ...link('third'), dependsOn: [{ project: 'second' }] });
    controller.declare('second', { ...link('second'), dependsOn: [{ project: 'first' }] });
    await controller.until('second', ({ status }) => status.reason === 'DependencyNotFound');
    controller.declare('first', link('first'));
    await controller.untilPhase('third', 'Completed');
    assert.is(readFileSync(join(controller.work, 'order'), 'utf8'), 'first\nsecond\nthird\n');
  }));

test('what a window prints decides nothing: neither "complete" nor "CRITICAL" nor "NOT READY" (failures 26, 27)', () =>
  withController(async (controller) => {
    await controller.start();
    const command = 'echo "Project complete"; echo "CRITICAL: FAILED"; echo "NOT READY"; read -r line; exit 0';
    controller.declare('loud', windows({ name: 'main', command }));
    await controller.untilPhase('loud', 'Running');
    await eventually(() => controller.tmux('capture-pane', '-p', '-t', '=loud:').includes('NOT READY'));
    // Any change on the server has every session there looked at.
    controller.declare('other');
    await controller.untilPhase('other', 'Running');
    assert.is((await controller.project('loud'))?.status.phase, 'Running');
    controller.tmux('send-keys', '-t', '=loud:', 'Enter');
    await controller.untilPhase('loud', 'Completed');
  }));

test('output of a window is kept in its log', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('talk', windows({ name: 'main', command: 'echo hello from the window; exec sleep 9999' }));
    await controller.untilPhase('talk', 'Running');
    const log = join(controller.stateDir, 'logs', 'talk', 'main.log');
    await eventually(() => existsSync(log) && readFileSync(log, 'utf8').includes('hello from the window'));
  }));

test('no more run than the queue has places, by priority, and the others say what they wait for (I9, failure 61)', () =>
  withController(async (controller) => {
    for (const [name, priority] of [
      ['low', 0],
      ['high', 9],
      ['mid', 5],
    ] as const) {
      controller.declare(name, {
        ...windows({ name: 'main', command: `echo ${name} >> order; read -r line` }),
        priority,
      });
    }
    await controller.start('--max-concurrent', '1');
    await controller.untilPhase('high', 'Running');
    const waiting = await controller.until('low', ({ status }) => status.phase === 'Queued');
    assert.is(waiting.status.reason, 'QueueFull');
    for (const name of ['high', 'mid', 'low']) {
      await controller.untilPhase(name, 'Running');
      assert.is(controller.sessions().length, 1);
      controller.tmux('send-keys', '-t', `=${name}:`, 'Enter');
      await controller.untilPhase(name, 'Completed');
    }
    assert.is(readFileSync(join(controller.work, 'order'), 'utf8'), 'high\nmid\nlow\n');
  }));

test.run();
