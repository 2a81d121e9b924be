import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('the log of a controller');

type Line = Readonly<Record<string, unknown>>;

/** What it wrote to its log; the greeting on stdout is no part of it. */
const textOf = ({ output }: ControllerProcess): string =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => `${line}\n`)
    .join('');

const linesOf = (controller: ControllerProcess): readonly Line[] =>
  textOf(controller)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

/** How many passes have compared all records, by the metrics. */
const passesOf = async ({ output }: ControllerProcess): Promise<number> => {
  const [, url = ''] = /^metrics +(\S+)$/m.exec(output) ?? [];
  const text = await (await fetch(url)).text();
  return Number(/^tmuxlet_state_sync_passes_total (\d+)$/m.exec(text)?.[1] ?? 0);
};

test('an action has the id, the Project and the attempt of the pass that ordered it, as has all else of the pass', () =>
  withController(async (controller) => {
    await controller.start('--log-level', 'debug');
    controller.declare('web', { session: { windows: [{ name: 'main', command: 'exit 3' }] }, backoffLimit: 1 });
    await controller.untilPhase('web', 'Failed');
    await controller.stop();
    const lines = linesOf(controller);

    const started = lines.find(({ action }) => action === 'StartSession') as Line;
    assert.match(String(started['reconcileId']), /^[0-9a-f]{12}$/);
    assert.equal([started['project'], started['attempt'], started['msg']], ['web', 1, 'action done']);
    const pass = lines.filter(({ reconcileId }) => reconcileId === started['reconcileId']);
    assert.ok(pass.some(({ msg, to }) => msg === 'phase changed' && to === 'Starting'));
    for (const { project, attempt, controller: whose, msg } of pass.slice(pass.indexOf(started))) {
      assert.equal([project, attempt, whose], ['web', 1, 'project'], String(msg));
    }

    // Checks run beside the passes, and it is the whole controller that starts and stops.
    const alone = ['pre-flight checked', 'controller started', 'controller stopping', 'controller stopped'];
    for (const line of lines)
      assert.is('reconcileId' in line, !alone.includes(String(line['msg'])), JSON.stringify(line));
  }));

test('every example of docs/logs.md finds something in the log of a Project that failed', () =>
  withController(async (controller) => {
    await controller.start('--log-level', 'debug');
    controller.declare('web', { session: { windows: [{ name: 'main', command: 'exit 3' }] }, backoffLimit: 0 });
    await controller.untilPhase('web', 'Failed');
    await controller.stop();
    writeFileSync(join(controller.dir, 'tmuxlet.log'), textOf(controller));
    const docs = readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8');
    const examples = docs.split('\n').filter((line) => line.startsWith('jq '));
    assert.is(examples.length, 5);
    for (const example of examples) {
      const found = execFileSync('sh', ['-ec', example], { cwd: controller.dir, encoding: 'utf8' });
      assert.ok(found.trim() !== '', example);
    }
  }));

test('nothing is written while everything is as it should be, however often it is looked at (I7)', () =>
  withController(async (controller) => {
    await controller.start('--state-sync-interval-seconds', '1');
    for (const name of ['web', 'api', 'db']) controller.declare(name);
    await controller.untilAll('Running', 3);
    const seen = await passesOf(controller);
    await eventually(async () => (await passesOf(controller)) >= seen + 2);
    const { length } = controller.output;
    const before = await passesOf(controller);
    await eventually(async () => (await passesOf(controller)) >= before + 3);
    assert.is(controller.output.slice(length), '');
  }));

test.run();
