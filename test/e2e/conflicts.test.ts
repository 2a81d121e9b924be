import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition } from '../../src/api/condition.ts';
import { ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('a session name that somebody else has');

const ASLEEP = ['sleep', '9999'];

/** A session that a person made on our server; gives its id. */
const person = (controller: ControllerProcess, name: string, path: string, ...command: string[]): string => {
  controller.tmux('new-session', '-d', '-s', name, '-c', path, ...(command.length > 0 ? command : ASLEEP));
  return controller.tmux('display-message', '-p', '-t', `=${name}:`, '#{session_id}').trim();
};

/** Every session but those of the control clients: name and id. */
const listed = (controller: ControllerProcess): readonly string[] =>
  controller
    .tmux('list-sessions', '-F', '#{session_name} #{session_id}')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('_tmuxlet-'))
    .sort();

/** The controller, with its server up and one Project beside those of the test. */
const withServer = (body: (controller: ControllerProcess) => Promise<void>): Promise<void> =>
  withController(async (controller) => {
    controller.declare('first');
    await controller.start();
    await controller.untilPhase('first', 'Running');
    await body(controller);
  });

const messageOf = async (controller: ControllerProcess, name: string, reason: string): Promise<string> => {
  const { items } = await controller.client.events({ object: `Project/${name}` });
  return items.find((event) => event.reason === reason)?.message ?? '';
};

const untilConflict = async (controller: ControllerProcess, name: string, said: RegExp): Promise<Condition> => {
  const isIt = ({ type, status, message }: Condition): boolean =>
    type === 'NameConflict' && status === 'True' && said.test(message);
  const { status } = await controller.until(name, (project) => project.status.conditions.some(isIt));
  return status.conditions.find(isIt) as Condition;
};

test('Rename, as it is by default, leaves everybody’s session alone, those with names that begin alike too (failures 15, 55)', () =>
  withServer(async (controller) => {
    for (const name of ['web', 'web-2', 'we', 'web-shop']) person(controller, name, controller.work);
    const before = listed(controller);
    controller.declare('web');
    const { status } = await controller.untilPhase('web', 'Running');
    assert.is(status.sessionName, 'web-3');
    assert.match(await messageOf(controller, 'web', 'ConflictRenamed'), /web is taken by session \$\d+.*takes web-3/);
    controller.declare('web', { suspend: true });
    await controller.untilPhase('web', 'Suspended');
    assert.equal(listed(controller), before);
  }));

test('Adopt takes a session that works in the path of the spec, with what runs in it', () =>
  withServer(async (controller) => {
    const id = person(controller, 'shop', controller.work);
    const pane = controller.tmux('list-panes', '-t', id, '-F', '#{pane_pid}');
    controller.declare('shop', { conflictPolicy: 'Adopt' });
    const { status, metadata } = await controller.untilPhase('shop', 'Running');
    assert.is(status.sessionId, id);
    assert.is(controller.tmux('list-panes', '-t', id, '-F', '#{pane_pid}'), pane);
    assert.is(controller.tmux('show-options', '-v', '-t', id, '@tmuxlet_uid').trim(), metadata.uid);
    assert.match(await messageOf(controller, 'shop', 'ConflictAdopted'), /Project shop adopts it/);
  }));

test('Adopt waits where the session works elsewhere, and says so; it goes on when the name is free', () =>
  withServer(async (controller) => {
    const elsewhere = join(controller.dir, 'elsewhere');
    mkdirSync(elsewhere);
    const id = person(controller, 'shop', elsewhere);
    controller.declare('shop', { conflictPolicy: 'Adopt' });
    const { message } = await untilConflict(controller, 'shop', /works in/);
    assert.ok(message.includes(elsewhere) && message.includes(controller.work), message);
    assert.is(controller.tmux('show-options', '-v', '-t', id, '@tmuxlet_uid').trim(), '');
    controller.tmux('rename-session', '-t', id, 'shop-of-mine');
    const { status } = await controller.untilPhase('shop', 'Running');
    assert.is(status.sessionName, 'shop');
    assert.ok(listed(controller).includes(`shop-of-mine ${id}`));
  }));

test('Replace keeps every screen, the layout and what ran where, then kills that session and no other (failures 48, 55)', () =>
  withServer(async (controller) => {
    const id = person(controller, 'shop', controller.work, 'echo from the first pane; exec sleep 9999');
    controller.tmux('split-window', '-t', id, '-c', '/', 'echo from the second pane; exec sleep 9999');
    controller.tmux('new-window', '-t', `${id}:`, '-n', 'notes', 'echo from the notes; exec sleep 9999');
    person(controller, 'shop-2', controller.work);
    await eventually(() => controller.tmux('capture-pane', '-p', '-t', `${id}:notes`).includes('from the notes'));
    controller.declare('shop', { conflictPolicy: 'Replace' });
    const { status } = await controller.untilPhase('shop', 'Running');
    assert.is(status.sessionName, 'shop');
    assert.not(listed(controller).some((line) => line.endsWith(` ${id}`)));
    assert.ok(listed(controller).some((line) => line.startsWith('shop-2 ')));

    const backups = join(controller.stateDir, 'backups');
    const [folder = '', ...more] = readdirSync(backups);
    assert.equal(more, []);
    assert.match(folder, /^shop-20/);
    assert.ok((await messageOf(controller, 'shop', 'ConflictReplaced')).includes(`backups/${folder}`));
    const read = (file: string): string => readFileSync(join(backups, folder, file), 'utf8');
    const copy = JSON.parse(read('session.json'));
    assert.is(copy.session, 'shop');
    assert.is(copy.replacedBy.project, 'shop');
    assert.is(copy.panes.length, 3);
    const screens = copy.panes.map((pane: { screen: string }) => read(pane.screen));
    for (const where of ['first pane', 'second pane', 'notes']) {
      assert.ok(screens.some((screen: string) => screen.includes(`from the ${where}`)));
    }
    assert.ok(
      copy.panes.some((pane: { path: string; command: string }) => pane.path === '/' && pane.command === 'sleep'),
    );
    assert.match(read('layout'), /^\d+ [0-9a-f]{4},\d+x\d+.*\n\d+ .* notes\n$/);
  }));

test('Fail says who has the name and what to do, and a restart goes on when it is free', () =>
  withServer(async (controller) => {
    const id = person(controller, 'shop', controller.work);
    controller.declare('shop', { conflictPolicy: 'Fail' });
    const { status } = await controller.untilPhase('shop', 'Failed');
    assert.ok(status.message.includes(`taken by session ${id}`) && status.message.includes('end or rename it'));
    await untilConflict(controller, 'shop', /taken/);
    assert.ok((await controller.reasons('shop')).includes('ConflictFailed'));
    controller.tmux('kill-session', '-t', id);
    await controller.client.request('restart', 'shop');
    await controller.untilPhase('shop', 'Running');
  }));

test('two Projects of one session name: the second neither adopts nor replaces the first (failures 45, 55)', () =>
  withServer(async (controller) => {
    const before = listed(controller);
    for (const [name, conflictPolicy] of [
      ['taker', 'Replace'],
      ['heir', 'Adopt'],
    ] as const) {
      controller.declare(name, {
        conflictPolicy,
        session: { name: 'first', windows: [{ name: 'main', command: 'exec sleep 9999' }] },
      });
      await untilConflict(controller, name, /of Project first/);
    }
    assert.equal(listed(controller), before);
  }));

test('a session of another installation on the same server is foreign: never adopted, replaced or judged (I2, failure 14)', () =>
  withServer(async (controller) => {
    const other = new ControllerProcess();
    try {
      other.declare('shop');
      await other.start('--tmux-socket', controller.socket);
      await other.untilPhase('shop', 'Running');
      const theirs = listed(controller).find((line) => line.startsWith('shop ')) ?? '';
      for (const conflictPolicy of ['Adopt', 'Replace']) {
        controller.declare('shop', { conflictPolicy });
        await untilConflict(controller, 'shop', /of another installation/);
      }
      const { items } = await controller.client.sessions();
      const seen = items.find(({ name }) => name === 'shop');
      assert.equal([seen?.owner, seen?.verdict, seen?.project], ['Foreign', 'Foreign', null]);
      assert.ok(listed(controller).includes(theirs));
      assert.is((await other.project('shop'))?.status.phase, 'Running');
      // Nor does the other one take the sessions of this one for its own.
      const ours = (await other.client.sessions()).items.find(({ name }) => name === 'first');
      assert.equal([ours?.owner, ours?.verdict], ['Foreign', 'Foreign']);
    } finally {
      await other.close();
    }
  }));

test.run();
