import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Event } from '../../src/api/event.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('events -w');

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));

/** `tmuxlet events -w -o json` as its own process, while the body runs. */
const watching = async (
  { stateDir, dir }: ControllerProcess,
  flags: readonly string[],
  body: (seen: () => readonly Event[], said: () => string) => Promise<void>,
): Promise<void> => {
  const args = [BIN, 'events', '-w', '-o', 'json', '--state-dir', stateDir, ...flags];
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'], HOME: dir } });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  const lines = (): readonly string[] => out.split('\n').slice(0, -1);
  try {
    await body(
      () => lines().map((line) => JSON.parse(line) as Event),
      () => err,
    );
  } finally {
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  }
};

const started = (events: readonly Event[]): readonly string[] =>
  events.filter(({ reason }) => reason === 'Started').map(({ object }) => object);

test('a watch goes on after the controller was killed and came back: all is told, and nothing twice', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('web');
    await watching(controller, [], async (seen, said) => {
      await eventually(() => started(seen()).includes('Project/web'), { withinMs: 20_000 });
      await controller.kill();
      await eventually(() => said().includes('waiting for it to come back'));
      controller.declare('api');
      await controller.start();
      await eventually(() => started(seen()).includes('Project/api'), { withinMs: 20_000 });
      const told = seen().map(({ id, count }) => `${id} ${count}`);
      assert.equal(told, [...new Set(told)]);
      assert.equal(started(seen()), ['Project/web', 'Project/api']);
      const { items } = await controller.client.events();
      assert.equal(new Set(seen().map(({ id }) => id)), new Set(items.map(({ id }) => id)));
    });
  }));

test('a watch with filters tells of nothing else', () =>
  withController(async (controller) => {
    await controller.start();
    await watching(controller, ['--type', 'Warning'], async (seen) => {
      controller.declare('good');
      controller.declare('bad', { session: { windows: [{ name: 'main', command: 'exit 3' }] }, backoffLimit: 0 });
      await controller.untilPhase('bad', 'Failed');
      await controller.untilPhase('good', 'Running');
      await eventually(() => seen().length > 0);
      for (const { type, object } of seen()) assert.equal([type, object], ['Warning', 'Project/bad']);
    });
  }));

test.run();
