import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { HookServer } from '../helpers/hook-server.ts';

const test = suite('SIGHUP');

type Line = Readonly<Record<string, unknown>>;

const linesOf = ({ output }: ControllerProcess, msg: string): readonly Line[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line['msg'] === msg);

/** Sends the signal, and returns what the log says to it. */
const reload = async (controller: ControllerProcess, config: string): Promise<Line> => {
  writeFileSync(join(controller.dir, 'config.yaml'), config);
  const told = (): readonly Line[] => [
    ...linesOf(controller, 'configuration reloaded'),
    ...linesOf(controller, 'configuration not reloaded'),
  ];
  const { length } = told();
  process.kill(controller.pid, 'SIGHUP');
  await eventually(() => told().length > length);
  const newest = told()
    .toSorted((a, b) => (String(a['time']) < String(b['time']) ? -1 : 1))
    .at(-1);
  if (newest === undefined) throw new Error('nothing was told');
  return newest;
};

const start = async (controller: ControllerProcess, config: string): Promise<void> => {
  const file = join(controller.dir, 'config.yaml');
  writeFileSync(file, config);
  await controller.start('--config', file);
};

test('queues get room and the log its level, without a restart and with every session alive', () =>
  withController(async (controller) => {
    await start(controller, 'maxConcurrent: 1\n');
    for (const name of ['a', 'b', 'c']) controller.declare(name);
    await controller.untilAll('Running', 1);
    await controller.untilAll('Queued', 2);
    const [first] = controller.sessions();
    const { pid } = controller;

    const told = await reload(controller, 'maxConcurrent: 3\nlogLevel: debug\n');
    assert.equal([told['level'], told['changed'], told['needsRestart']], ['info', ['queues', 'logLevel'], []]);
    await controller.untilAll('Running', 3);
    await eventually(() => linesOf(controller, 'planned').length > 0);
    assert.is(controller.pid, pid);
    assert.equal(
      controller.sessions().find(({ id }) => id === first?.id),
      first,
    );

    const less = await reload(controller, 'maxConcurrent: 1\nlogLevel: info\n');
    assert.equal(less['changed'], ['queues', 'logLevel']);
    await controller.client.sync(false);
    assert.is(controller.sessions().length, 3, 'nobody is stopped for lack of room');
  }));

test('what waits for a restart is named each time, until there was one', () =>
  withController(async (controller) => {
    await start(controller, 'shardSize: 100\n');
    for (let turn = 0; turn < 2; turn++) {
      const told = await reload(controller, 'shardSize: 50\n');
      assert.equal([told['level'], told['changed'], told['needsRestart']], ['warn', [], ['shardSize']]);
    }
    const back = await reload(controller, 'shardSize: 100\n');
    assert.equal([back['level'], back['changed'], back['needsRestart']], ['info', [], []]);
  }));

test('a mistake in the file changes nothing, and the log says where it is', () =>
  withController(async (controller) => {
    await start(controller, 'maxConcurrent: 1\n');
    controller.declare('a');
    await controller.untilPhase('a', 'Running');
    const file = join(controller.dir, 'config.yaml');
    for (const [config, where] of [
      ['maxConcurrent: 3\nlogLevel: loud\n', `${file}:2:11: logLevel: must be one of`],
      ['maxConcurrent: [', `${file}:1:`],
      ['maxConcurrent: 3\nalerts: {webhooks: [{urlFile: none}]}\n', 'cannot read the URL of a webhook in'],
    ] as const) {
      const told = await reload(controller, config);
      assert.is(told['level'], 'error');
      assert.match(String(told['error']), where);
    }
    const { items } = await controller.client.queues();
    assert.equal(
      items.map(({ maxConcurrent }) => maxConcurrent),
      [1],
    );
    assert.is((await controller.project('a'))?.status.phase, 'Running');
  }));

test('a channel that is added gets the next message, and one that is taken away none', () =>
  withController(async (controller) => {
    const hook = await HookServer.open();
    try {
      await start(controller, 'logLevel: info\n');
      const failing = { session: { windows: [{ name: 'main', command: 'exit 3' }] }, backoffLimit: 0 };
      controller.declare('before', failing);
      await controller.untilPhase('before', 'Failed');
      const alerts = `alerts: {digestSeconds: 0, webhooks: [{name: new, url: '${hook.url}'}]}\n`;
      assert.equal((await reload(controller, alerts))['changed'], ['alerts']);
      controller.declare('after', failing);
      await eventually(() => hook.posts.length > 0, { withinMs: 20_000 });
      assert.match(JSON.stringify(hook.posts), 'Project/after');
      assert.not.match(JSON.stringify(hook.posts), 'Project/before');
      await reload(controller, 'logLevel: info\n');
      const { length } = hook.posts;
      controller.declare('last', failing);
      await controller.untilPhase('last', 'Failed');
      assert.equal((await controller.client.testAlerts()).length, 0);
      assert.is(hook.posts.length, length);
    } finally {
      await hook.close();
    }
  }));

test.run();
