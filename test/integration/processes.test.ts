import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import { readStat } from '../../src/adapters/processes/stat.ts';
import { usageIn } from '../../src/adapters/processes/usage.ts';
import type { ProcessIdentity } from '../../src/api/observation.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const clock = systemClock();
const processes = openProcesses(clock);
const uids = new Set<string>();

const of = async (uid: string): Promise<readonly ProcessIdentity[]> =>
  (await processes.observe(clock.now().monotonicMs)).of(uid);
const count = async (uid: string): Promise<number> => (await of(uid)).length;

/** Runs a script with the marker of a Project. */
const run = (uid: string, script: string): ChildProcess => {
  uids.add(uid);
  return spawn('/bin/bash', ['-c', script], { env: { ...process.env, TMUXLET_UID: uid }, stdio: 'ignore' });
};
const identityOf = (child: ChildProcess): ProcessIdentity => {
  const identity = processes.identify(child.pid ?? 0);
  if (identity === null) throw new Error('the process of the test has ended');
  return identity;
};

const test = suite('processes');

test.after(async () => {
  for (const uid of uids) await processes.signalTree(uid, [], 'SIGKILL');
});

test('a process is found by its marker, with children that have cleaned their environment', async () => {
  const child = run('found', 'env -i sleep 1000; true');
  await eventually(async () => (await count('found')) === 2);
  assert.ok((await of('found')).some(({ pid }) => pid === child.pid));
  assert.is(await count('foun'), 0);
});

test('processes that ignore HUP, left their session or lost their parent are all killed (failure 66)', async () => {
  run(
    'tree',
    `trap '' HUP TERM INT
     setsid sleep 1001 &
     (setsid bash -c 'trap "" HUP TERM; sleep 1002; true' &) &
     (sleep 1003 & exec true)
     sleep 1004; sleep 1005`,
  );
  // Two shells and four sleeps; while they come into being the numbers alone say little.
  await eventually(async () => {
    const names = (await of('tree')).map(({ pid }) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
    return names.filter((name) => name === 'sleep').length === 4 && names.length === 6;
  });
  // A shell whose sleep was killed may be at its end before its own turn comes.
  assert.ok((await processes.signalTree('tree', [], 'SIGKILL')) >= 4);
  assert.is(await count('tree'), 0);
});

test('trees that fork while they are killed leave nobody behind (failure 66)', async () => {
  run('forking', 'for i in 1 2 3; do (while :; do (setsid sleep 1000 &); sleep 0.02; done) & done; wait');
  await eventually(async () => (await count('forking')) > 12);
  await processes.signalTree('forking', [], 'SIGKILL');
  assert.is(await count('forking'), 0);
});

test('SIGTERM reaches each process once, a stopped one too', async () => {
  const child = run('asked', `n=0; trap 'n=$((n+1)); sleep 0.1; exit $n' TERM; while :; do sleep 0.01; done`);
  const stopped = run('asked', `trap 'exit 3' TERM; kill -STOP $$; sleep 1000`);
  const codes = Promise.all([once(child, 'exit'), once(stopped, 'exit')]);
  await eventually(() => readStat(stopped.pid ?? 0)?.state === 'T');
  // A sleep beside the two shells: the first one is past its trap.
  await eventually(async () => (await count('asked')) === 3);
  await processes.signalTree('asked', [], 'SIGTERM');
  assert.equal(
    (await codes).map(([code]) => code),
    [1, 3],
  );
});

test('of one window only the processes of that window are signalled', async () => {
  const main = run('windows', 'TMUXLET_WINDOW=main setsid sleep 1000 & TMUXLET_WINDOW=side exec sleep 1000');
  const countIn = async (window: string): Promise<number> =>
    (await processes.observe(clock.now().monotonicMs)).of('windows', window).length;
  await eventually(async () => (await countIn('main')) === 1 && (await countIn('side')) === 2);
  assert.is(await processes.signalTree('windows', [], 'SIGKILL', 'main'), 1);
  assert.is(main.exitCode, null);
  assert.is(await count('windows'), 1);
});

test('the tree below a root is signalled though it has no marker', async () => {
  const root = spawn('/bin/bash', ['-c', 'sleep 1000 & wait'], { stdio: 'ignore' });
  const identity = identityOf(root);
  assert.is(await count('nobody'), 0);
  const exit = once(root, 'exit');
  assert.ok((await processes.signalTree('nobody', [identity], 'SIGKILL')) >= 1);
  await exit;
});

test('a recycled pid is neither alive nor signalled (failure 58)', async () => {
  const child = run('recycled', 'exec sleep 1000');
  const identity = identityOf(child);
  const earlier = { ...identity, startTicks: identity.startTicks - 1 };
  assert.ok(processes.isAlive(identity));
  assert.not(processes.isAlive(earlier));
  assert.is(await processes.signalTree('no-such-uid', [earlier], 'SIGKILL'), 0);
  assert.ok(processes.isAlive(identity));
});

test('a zombie is dead', async () => {
  const parent = run('undead', 'sleep 0.01 & exec sleep 1000');
  const zombie = await eventually(async () => {
    const inTable = await of('undead');
    return inTable.length === 1 ? inTable[0] : null;
  });
  assert.is(zombie?.pid, parent.pid);
});

test('a process of nobody is no error', async () => {
  assert.is(processes.identify(2 ** 22 + 1), null);
  assert.is(await processes.signalTree('no-such-uid', [], 'SIGTERM'), 0);
});

test('the process that looks is never signalled, though it carries the marker itself', async () => {
  const script = `
    import { systemClock } from ${JSON.stringify(import.meta.resolve('../../src/adapters/clock.ts'))};
    import { openProcesses } from ${JSON.stringify(import.meta.resolve('../../src/adapters/processes/processes.ts'))};
    const killed = await openProcesses(systemClock()).signalTree('inside', [], 'SIGKILL');
    process.exitCode = 10 + killed;`;
  uids.add('inside');
  const looker = spawn(
    '/bin/bash',
    ['-c', 'setsid sleep 1000 & "$0" --input-type=module-typescript -e "$1"; exit $?', process.execPath, script],
    { env: { ...process.env, TMUXLET_UID: 'inside' }, stdio: 'ignore' },
  );
  const [code] = await once(looker, 'exit');
  assert.is(code, 11);
});

test('those who ask together share one scan, and none is given one begun before he asked', async () => {
  const since = clock.now().monotonicMs;
  const together = await Promise.all([processes.observe(since), processes.observe(since), processes.observe(since)]);
  assert.is(together[0], together[1]);
  assert.is(together[1], together[2]);
  assert.is(await processes.observe(since), together[0]);

  const running = processes.observe(clock.now().monotonicMs);
  await setImmediate();
  const later = processes.observe(clock.now().monotonicMs);
  assert.is.not(await running, await later);
});

test('what a process carries is asked once, and again when it becomes another program', async () => {
  const { path, remove } = temporaryFolder();
  const script = `while [ ! -e ${path}/go ]; do sleep 0.02; done; TMUXLET_UID=turned exec sleep 1000; :`;
  uids.add('turned');
  const { pid = 0 } = run('unturned', script);
  const belongsTo = async (uid: string): Promise<boolean> => (await of(uid)).some((process) => process.pid === pid);
  await eventually(() => belongsTo('unturned'));
  assert.ok(await belongsTo('unturned'), 'the next look finds the same');
  writeFileSync(join(path, 'go'), '');
  await eventually(() => belongsTo('turned'));
  assert.not(await belongsTo('unturned'));
  remove();
});

test('what a Project uses is what all its processes use, children too', async () => {
  run('used', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 1000 & wait');
  run('unused', 'sleep 1000; true');
  const usage = async (uid: string) => usageIn(await processes.observe(clock.now().monotonicMs), uid);
  await eventually(async () => (await usage('used')).processes === 2 && (await usage('unused')).processes === 2);
  const [used, unused, nobody] = [await usage('used'), await usage('unused'), await usage('nobody')];
  assert.ok(used.cpuMs > unused.cpuMs, `${used.cpuMs} ms and ${unused.cpuMs} ms`);
  assert.ok(used.memoryBytes > 1024 ** 2, `${used.memoryBytes} bytes`);
  assert.equal(nobody, { processes: 0, cpuMs: 0, memoryBytes: 0 });
});

test.run();
