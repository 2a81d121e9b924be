import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../helpers/cli.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';

const test = suite('backup and restore');

/** A call of the command line about the controller's state directory. */
const call = async ({ stateDir, manifests, dir }: ControllerProcess, ...args: readonly string[]) =>
  cli([...args, '--state-dir', stateDir, '--manifests', manifests], { cwd: dir });

const backUp = async (controller: ControllerProcess): Promise<string> => {
  const { code, out, err } = await call(controller, 'backup', '.');
  assert.is(code, 0, err);
  return out.trim();
};

/** What lives, in a form that changes when anything is ended, begun or doubled. */
const alive = async (controller: ControllerProcess) =>
  Promise.all(
    controller
      .sessions()
      // What has ended is cleaned up some time.
      .filter(({ project }) => project !== 'ends')
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(async (session) => ({ ...session, processes: await controller.processesOf(session.project) })),
  );

test('work goes on after a backup, the backup is restored, and every session lives on, once', () =>
  withController(async (controller) => {
    await controller.start();
    const go = join(controller.work, 'go');
    controller.declare('stays');
    controller.declare('again');
    controller.declare('ends', {
      session: { windows: [{ name: 'main', command: `until [ -e ${go} ]; do sleep 0.05; done` }] },
    });
    await controller.untilAll('Running', 3);
    const file = await backUp(controller);

    await controller.client.request('restart', 'again');
    await controller.until('again', ({ status }) => status.phase === 'Running' && status.attempt === 2);
    writeFileSync(go, '');
    await controller.untilPhase('ends', 'Completed');
    controller.declare('later');
    await controller.untilPhase('later', 'Running');
    const before = await alive(controller);

    const refused = await call(controller, 'restore', file);
    assert.is(refused.code, 75);
    assert.match(refused.err, /^error: a controller is running already in /);
    await controller.stop();
    const restored = await call(controller, 'restore', file);
    assert.is(restored.code, 0, restored.err);
    assert.match(restored.out, /the database before kept: .*\.before-restore-/);
    assert.match(restored.err, /project\/again: something later is known of it, and kept/);

    await controller.start();
    for (const name of ['stays', 'again', 'later']) await controller.untilPhase(name, 'Running');
    await controller.client.sync(false);
    assert.equal(await alive(controller), before);
    const ends = await controller.untilPhase('ends', 'Completed');
    assert.is(ends.status.attempt, 1, 'what is done is not done again');
    assert.ok((await controller.client.events()).items.some(({ reason }) => reason === 'Restored'));

    // The number of an attempt is never used again.
    await controller.client.request('restart', 'again');
    await controller.until('again', ({ status }) => status.phase === 'Running' && status.attempt === 3);
  }));

test('an attempt that left nothing but its folder since the backup keeps its number', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    const file = await backUp(controller);
    await controller.client.request('restart', 'web');
    await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 2);
    await controller.stop();
    controller.tmux('kill-server');
    for (const name of readdirSync(join(controller.stateDir, 'state'))) {
      // Lost with the disk, say; what the runs have left is there.
      writeFileSync(join(controller.stateDir, 'state', name), '');
    }
    assert.is((await call(controller, 'restore', file)).code, 0);
    await controller.start();
    await controller.until('web', ({ status }) => status.phase === 'Running' && status.attempt === 3);
    assert.is(controller.sessions().length, 1);
  }));

test('on an empty machine everything is put back, and starts', () =>
  withController(async (old) => {
    await old.start();
    old.declare('web');
    old.declare('db');
    await old.untilAll('Running', 2);
    const file = await backUp(old);
    const uid = (await old.project('web'))?.metadata.uid;
    await old.stop();
    old.tmux('kill-server');
    await withController(async (fresh) => {
      const dry = await call(fresh, 'restore', file, '--dry-run');
      assert.is(dry.code, 0, dry.err);
      assert.match(dry.out, `would be put back: ${join(fresh.manifests, 'web.json')}`);
      assert.equal(readdirSync(fresh.manifests), []);
      assert.is((await call(fresh, 'restore', file)).code, 0);
      assert.equal(readdirSync(fresh.manifests).toSorted(), ['db.json', 'web.json']);
      await fresh.start();
      for (const name of ['web', 'db']) {
        await fresh.until(name, ({ status }) => status.phase === 'Running' && status.attempt === 2);
      }
      assert.is((await fresh.project('web'))?.metadata.uid, uid);
      assert.is(fresh.sessions().length, 2);
    });
  }));

test.run();
