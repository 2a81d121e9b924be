import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('a state directory that is lost under live sessions');

/** Every session but the quiet ones that control clients sit in, with the process in its window. */
const panes = (controller: ControllerProcess): readonly string[] =>
  controller
    .tmux('list-panes', '-a', '-F', '#{session_name} #{session_id} #{pane_pid} #{@tmuxlet_owner}')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('_tmuxlet-'));

test('the server that lives on is found by its socket; its sessions are foreign and untouched (I2, failure 65)', () =>
  withController(async (controller) => {
    for (const name of ['p1', 'p2']) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 2);
    const before = panes(controller);
    const [server] = controller.serverPids();
    await controller.kill();
    rmSync(controller.stateDir, { recursive: true });
    await controller.start();
    const projects = await controller.untilAll('Running', 2);
    assert.equal(controller.serverPids(), [server]);
    assert.equal(
      projects.map(({ status }) => status.sessionName),
      ['p1-2', 'p2-2'],
    );
    const after = panes(controller);
    assert.is(after.length, 4);
    for (const pane of before) assert.ok(after.includes(pane), pane);
  }));

test('only the record of the servers lost, the sessions are still ours and are adopted (failure 65)', () =>
  withController(async (controller) => {
    for (const name of ['p1', 'p2']) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 2);
    const before = panes(controller);
    await controller.kill();
    for (const file of ['shards.json', 'tmux.sock']) rmSync(join(controller.stateDir, file));
    await controller.start();
    await eventually(() => existsSync(join(controller.stateDir, 'shards.json')), { withinMs: 20_000 });
    const projects = await controller.untilAll('Running', 2);
    for (const { status } of projects) assert.is(status.attempt, 1);
    assert.equal(panes(controller), before);
  }));

test.run();
