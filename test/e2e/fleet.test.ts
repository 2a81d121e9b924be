import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('many Projects at once');

const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index + 1}`);

test('50 Projects run side by side; 25 sessions killed at a stroke all come back, none doubled', () =>
  withController(async (controller) => {
    for (const name of names(50)) controller.declare(name);
    await controller.start('--max-concurrent', '50');
    await controller.untilAll('Running', 50, 60_000);
    const ids = controller.sessions().map((session) => session.id);
    const killed = controller.sessions().slice(0, 25);
    for (const { id } of killed) controller.tmux('kill-session', '-t', id);
    await eventually(
      () => {
        const now = controller.sessions();
        return now.length === 50 && killed.every(({ id }) => now.every((session) => session.id !== id));
      },
      { withinMs: 60_000 },
    );
    const projects = await controller.untilAll('Running', 50, 60_000);
    const resumed = projects.filter(({ status }) => status.attempt === 2).map(({ metadata }) => metadata.name);
    assert.equal(resumed.sort(), killed.map(({ project }) => project).sort());
    assert.is(controller.sessions().filter(({ id }) => ids.includes(id)).length, 25);
  }));

test('sessions are spread over servers of limited size, and nothing above notices', () =>
  withController(async (controller) => {
    for (const name of names(7)) controller.declare(name);
    await controller.start('--shard-size', '3');
    await controller.untilAll('Running', 7);
    assert.is(controller.sockets.length, 3);
    const [last] = (await controller.client.projects()).items.filter(({ status }) => status.socket?.endsWith('.2'));
    assert.ok(last);
    for (const pid of controller.serverPids()) process.kill(pid, 'SIGKILL');
    await controller.untilAllResumed(30_000);
    assert.is(controller.sessions().length, 7);
  }));

test('what ran before a reboot is resumed in waves, and nobody is blamed', () =>
  withController(async (controller) => {
    for (const name of names(12)) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 12);
    await controller.kill();
    for (const pid of controller.serverPids()) process.kill(pid, 'SIGKILL');
    execFileSync('sqlite3', [controller.database, "UPDATE attempts SET boot_id = 'the boot before'"]);
    await controller.start('--max-concurrent-starts', '2');
    let most = 0;
    await eventually(
      async () => {
        const { items } = await controller.client.projects();
        most = Math.max(most, items.filter(({ status }) => status.phase === 'Starting').length);
        return items.every(({ status }) => status.phase === 'Running' && status.attempt === 2);
      },
      { withinMs: 30_000, everyMs: 1 },
    );
    assert.ok(most <= 2, `${most} were starting at one time`);
    const { attempts } = await controller.client.describe('p1');
    assert.is(attempts.find(({ attempt }) => attempt === 1)?.cause, 'Rebooted');
    for (const { status } of (await controller.client.projects()).items) assert.is(status.failures, 0);
  }));

test('1,000 manifests that appear at once become 1,000 Projects, of which as many run as have places', () =>
  withController(async (controller) => {
    await controller.start('--max-concurrent', '5');
    for (const name of names(1000)) controller.declare(name);
    await eventually(async () => (await controller.client.projects()).items.length === 1000, {
      withinMs: 60_000,
      everyMs: 200,
    });
    await eventually(() => controller.sessions().length === 5, { withinMs: 60_000, everyMs: 100 });
    const [queue] = (await controller.client.queues()).items;
    assert.is(queue?.maxConcurrent, 5);
  }));

test('more than half of the Projects deleted at once are held until a person confirms', () =>
  withController(async (controller) => {
    for (const name of names(8)) controller.declare(name);
    await controller.start();
    await controller.untilAll('Running', 8);
    for (const name of names(6)) controller.undeclare(name);
    await eventually(
      async () => (await controller.client.events()).items.some((event) => event.reason === 'DeletionsHeld'),
      { withinMs: 20_000, everyMs: 100 },
    );
    assert.is(controller.sessions().length, 8);
    await controller.client.request('confirm-deletions', '');
    await eventually(async () => (await controller.client.projects()).items.length === 2, {
      withinMs: 30_000,
      everyMs: 100,
    });
    assert.is(controller.sessions().length, 2);
  }));

test.run();
