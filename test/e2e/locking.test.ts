import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../helpers/cli.ts';
import { type ControllerProcess, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const BIN = fileURLToPath(new URL('../../bin/tmuxlet.js', import.meta.url));

interface Called {
  readonly child: ChildProcess;
  said(): string;
  readonly ended: Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** The real command line as a process of its own. */
const call = (stateDir: string, ...args: string[]): Called => {
  const env = { PATH: process.env['PATH'], HOME: stateDir };
  const child = spawn(process.execPath, [BIN, '--state-dir', stateDir, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { child, said: () => said, ended };
};

/** A person's command that holds locks until the file is there, or its folder is not. */
const hold = async (stateDir: string, until: string, ...args: string[]): Promise<Called> => {
  const script = `echo held; while [ -d ${dirname(until)} ] && [ ! -e ${until} ]; do sleep 0.05; done`;
  const holder = call(stateDir, 'lock', ...args, '--', 'sh', '-c', script);
  await eventually(() => holder.said().includes('held'), { withinMs: 10_000 });
  return holder;
};

const lockBusy = async (controller: ControllerProcess) =>
  (await controller.client.events({ object: 'Project/web' })).items.filter(({ reason }) => reason === 'LockBusy');

const test = suite('locks of Projects');
const folder = temporaryFolder();

test.after(() => {
  for (const child of running) child.kill('SIGKILL');
  folder.remove();
});

test('a reset that meets a held lock stays queued, says once who holds it, and is done when he is killed (failures 43, 63)', () =>
  withController(async (controller) => {
    await controller.start();
    controller.declare('web');
    controller.declare('other');
    await controller.untilAll('Running', 2);
    const before = controller.sessions().find(({ project }) => project === 'web');
    const holder = await hold(controller.stateDir, join(controller.dir, 'never'), 'web', '--purpose', 'hand work');

    const asked = await cli(['reset', 'web', '--state-dir', controller.stateDir]);
    assert.is(asked.code, 0);
    assert.match(asked.err, new RegExp(`project/web waits for its lock, held by pid ${holder.child.pid} .*hand work`));
    const [event] = await eventually(async () =>
      (await lockBusy(controller)).length > 0 ? lockBusy(controller) : null,
    );
    assert.match(event?.message ?? '', `reset waits for the lock, held by pid ${holder.child.pid}`);
    const { status } = await controller.until('web', (project) =>
      project.status.conditions.some(({ type, reason }) => type === 'Ready' && reason === 'LockBusy'),
    );
    assert.is(status.phase, 'Running');

    // What goes on meanwhile for others proves that the controller is not waiting.
    const reset = await controller.client.request('reset', 'other');
    await eventually(() => controller.acknowledged(reset.id), { withinMs: 10_000 });
    await controller.until('other', (project) => project.status.attempt === 2 && project.status.phase === 'Running');
    assert.is((await lockBusy(controller))[0]?.count, 1, 'it is told once');
    assert.is((await lockBusy(controller)).length, 1);
    assert.equal(
      controller.sessions().find(({ project }) => project === 'web'),
      before,
      'its session is let alone',
    );
    const late = await cli(['restart', 'web', '--wait', '--timeout', '0.3', '--state-dir', controller.stateDir]);
    assert.is(late.code, 1);
    assert.match(late.err, 'LockBusy: reset waits for the lock');

    holder.child.kill('SIGKILL');
    const done = await controller.until('web', ({ status: { attempt, phase } }) => attempt >= 2 && phase === 'Running');
    assert.not(
      done.status.conditions.some(({ reason }) => reason === 'LockBusy'),
      'nothing of it is kept (failure 18)',
    );
  }));

test('who waits too long is told who holds the lock since when and for what, and ends with 75', async () => {
  const stateDir = join(folder.path, 'waits');
  mkdirSync(stateDir);
  const over = join(stateDir, 'over');
  const holder = await hold(stateDir, over, 'web', '--purpose', 'a copy');
  const late = call(stateDir, 'lock', 'web', '--timeout', '0.3', '--', 'true');
  assert.is(await late.ended, 75);
  const { pid } = holder.child;
  assert.match(
    late.said(),
    new RegExp(`waiting for the lock of project "web", held by pid ${pid} on .*, for a copy, since 2`),
  );
  assert.match(late.said(), new RegExp(`error: no lock of project "web" within 0s: it is held by pid ${pid} `));

  const patient = call(stateDir, 'lock', 'web', '--', 'sh', '-c', 'exit 7');
  await eventually(() => patient.said().includes('waiting'), { withinMs: 10_000 });
  await call(stateDir, 'lock', 'other', '--', 'touch', over).ended;
  assert.is(await patient.ended, 7, 'the exit code is the command’s');
});

test('get locks tells what a killed holder left from a lock that is held (failures 43, 58)', async () => {
  const stateDir = join(folder.path, 'stale');
  mkdirSync(stateDir);
  const over = join(stateDir, 'over');
  const killed = await hold(stateDir, over, 'gone');
  killed.child.kill('SIGKILL');
  const holder = await hold(stateDir, over, 'here');
  const { out } = await cli(['get', 'locks', '--state-dir', stateDir]);
  assert.match(out, /^NAME +HELD +HOLDER +PURPOSE +SINCE +TOKEN$/m);
  assert.match(out, new RegExp(`^gone +no \\(stale\\) +${killed.child.pid}@`, 'm'));
  assert.match(out, new RegExp(`^here +yes +${holder.child.pid}@\\S+ +command sh +\\d+s ago +1$`, 'm'));
  const next = call(stateDir, 'lock', 'gone', '--timeout', '5', '--', 'touch', over);
  assert.is(await next.ended, 0, 'what is stale stops nobody');
  assert.is(await holder.ended, 0);
});

test('two who want the same locks in another order do not wait for each other', async () => {
  const stateDir = join(folder.path, 'order');
  mkdirSync(stateDir);
  const rounds = Array.from({ length: 4 }, (_, round) =>
    call(stateDir, 'lock', ...(round % 2 === 0 ? ['a', 'b'] : ['b', 'a']), '--timeout', '20', '--', 'sleep', '0.05'),
  );
  assert.equal(await Promise.all(rounds.map(({ ended }) => ended)), [0, 0, 0, 0]);
});

test('a lock within a lock is refused at once where it could wait for itself', async () => {
  const stateDir = join(folder.path, 'nested');
  mkdirSync(stateDir);
  const nested = (name: string): string[] => [
    'lock',
    'web',
    '--',
    process.execPath,
    BIN,
    '--state-dir',
    stateDir,
    'lock',
    name,
    '--',
    'true',
  ];
  const same = call(stateDir, ...nested('web'));
  assert.is(await same.ended, 1);
  assert.match(same.said(), 'locks are not re-entrant');
  const earlier = call(stateDir, ...nested('app'));
  assert.is(await earlier.ended, 1);
  assert.match(earlier.said(), 'name both in one call');
  assert.is(await call(stateDir, ...nested('zoo')).ended, 0);
});

test('signals reach the command, and the lock is held until it has ended', async () => {
  const stateDir = join(folder.path, 'signals');
  mkdirSync(stateDir);
  const ended = join(stateDir, 'ended');
  const script = `trap 'sleep 0.3; echo yes >${ended}; exit 9' TERM; echo held; while :; do sleep 0.05; done`;
  const holder = call(stateDir, 'lock', 'web', '--', 'sh', '-c', script);
  await eventually(() => holder.said().includes('held'), { withinMs: 10_000 });
  holder.child.kill('SIGTERM');
  const next = call(stateDir, 'lock', 'web', '--', 'cat', ended);
  assert.is(await next.ended, 0, next.said());
  assert.match(next.said(), 'yes');
  assert.is(await holder.ended, 9);
  assert.ok(existsSync(ended) && readFileSync(ended, 'utf8') === 'yes\n');
});

test.run();
