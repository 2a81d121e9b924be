import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('reboot recovery');

const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index + 1}`);

test('200 rows whose session names are nulled over live sessions are repaired in one go, nothing lost', () =>
  withController(async (controller) => {
    for (const name of names(200)) controller.declare(name);
    const flags = ['--max-concurrent', '200', '--max-concurrent-starts', '20'];
    await controller.start(...flags);
    await controller.untilAll('Running', 200, 100_000);
    const sessions = controller.sessions();
    await controller.kill();
    execFileSync('sqlite3', [controller.database, 'UPDATE attempts SET session_name = NULL, session_id = NULL']);
    await controller.start(...flags);
    const projects = await eventually(
      async () => {
        const { items } = await controller.client.projects();
        return items.every(({ status, metadata }) => status.sessionName === metadata.name) && items;
      },
      { withinMs: 30_000, everyMs: 100 },
    );
    assert.is(projects.length, 200);
    for (const { status } of projects) assert.equal([status.phase, status.attempt, status.failures], ['Running', 1, 0]);
    assert.equal(controller.sessions(), sessions);
  }));

test('a session that lost name and tags is known by the uid it was born with', () =>
  withController(async (controller) => {
    for (const name of names(3)) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 3);
    const before = controller.sessions();
    await controller.kill();
    execFileSync('sqlite3', [controller.database, 'UPDATE attempts SET session_name = NULL']);
    for (const { id } of before) {
      for (const tag of ['owner', 'uid', 'project', 'attempt', 'spec'])
        controller.tmux('set-option', '-u', '-t', id, `@tmuxlet_${tag}`);
    }
    assert.equal(controller.sessions(), []);
    await controller.start();
    await eventually(() => controller.sessions().length === 3, { withinMs: 20_000 });
    assert.equal(controller.sessions(), before);
    for (const { status } of await controller.untilAll('Running', 3)) assert.is(status.attempt, 1);
    assert.ok((await controller.reasons('p1')).includes('Repairing'));
  }));

test('tags taken from a live session under a running controller are put back, and nothing is started twice', () =>
  withController(async (controller) => {
    controller.declare('web');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    const before = controller.sessions();
    for (const tag of ['owner', 'uid']) controller.tmux('set-option', '-u', '-t', '=web:', `@tmuxlet_${tag}`);
    // Any change on the server is the hint that makes the controller look.
    controller.tmux('new-session', '-d', '-s', 'bystander', 'sleep 1000');
    await eventually(() => controller.sessions().length === 1, { withinMs: 20_000 });
    assert.equal(controller.sessions(), before);
    assert.is((await controller.project('web'))?.status.attempt, 1);
  }));

test('a nulled name with no session anywhere is resumed', () =>
  withController(async (controller) => {
    controller.declare('web');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    await controller.kill();
    for (const pid of controller.serverPids()) process.kill(pid, 'SIGKILL');
    execFileSync('sqlite3', [
      controller.database,
      "UPDATE attempts SET session_name = NULL, boot_id = 'the boot before'",
    ]);
    await controller.start();
    const { status } = await controller.until(
      'web',
      (each) => each.status.phase === 'Running' && each.status.attempt === 2,
    );
    assert.is(status.failures, 0);
  }));

test('an agent that fails everywhere after a reboot is probed by one Project, not by all (failure 70)', () =>
  withController(async (controller) => {
    const windows = [{ name: 'main', command: 'exec sleep 9999', resumeCommand: 'echo try >> tries; exit 1' }];
    for (const name of names(6))
      controller.declare(name, { session: { windows }, backoff: { initialSeconds: 1 }, backoffLimit: 50 });
    await controller.start('--max-concurrent-starts', '6');
    await controller.untilAll('Running', 6);
    for (const pid of controller.serverPids()) process.kill(pid, 'SIGKILL');
    await eventually(
      async () => (await controller.client.events()).items.some(({ reason }) => reason === 'FleetBreakerOpen'),
      { withinMs: 30_000, everyMs: 50 },
    );
    const held = await eventually(
      async () => {
        const { items } = await controller.client.projects();
        return items.filter(({ status }) => status.reason === 'FleetHeld').length === 5;
      },
      { withinMs: 20_000, everyMs: 50 },
    );
    assert.ok(held);
  }));

test.run();
