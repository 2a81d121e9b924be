import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';
import { openRunBench } from '../helpers/run-bench.ts';

const bench = openRunBench();
const { runs, processes, keyOf, launchOf, start, started, ended, observed, tmux } = bench;

/** Long enough for a second, wrong call to show. */
const SETTLED_MS = 50;

const test = suite('run watches');

test.after(bench.close);

test('the death of a command is told at once, and once', async () => {
  await start('told', ['sleep', '1000']);
  const { command } = await started('told');
  let calls = 0;
  const told = new Promise<void>((resolve) => {
    const ended = (): void => {
      calls++;
      resolve();
    };
    runs.watch(keyOf('told'), ended);
    runs.watch(keyOf('told'), ended);
  });
  process.kill(command?.pid ?? 0, 'SIGKILL');
  await told;
  assert.not((await observed('told')).alive, 'what is told can be observed');
  runs.watch(keyOf('told'), () => calls++);
  await sleep(SETTLED_MS);
  assert.is(calls, 1);
});

test('a watch may begin before the run, or after its end', async () => {
  await runs.prepare(keyOf('early'), launchOf('exit 1'), 'p');
  const early = new Promise<void>((resolve) => runs.watch(keyOf('early'), resolve));
  await start('early', 'exit 1');
  await early;

  await start('late', 'exit 1');
  await ended('late');
  await new Promise<void>((resolve) => runs.watch(keyOf('late'), resolve));
});

test('a run that never started is not told to have ended', async () => {
  await runs.prepare(keyOf('never'), launchOf('true'), 'p');
  let calls = 0;
  runs.watch(keyOf('never'), () => calls++);
  await sleep(SETTLED_MS);
  assert.is(calls, 0);
});

test('a killed wrapper is told only when it can be seen to be dead', async () => {
  for (let round = 0; round < 10; round++) {
    const uid = `beheaded-${round}`;
    await start(uid, ['sleep', '1000']);
    const { wrapper } = await started(uid);
    const told = new Promise<void>((resolve) => runs.watch(keyOf(uid), resolve));
    process.kill(wrapper?.pid ?? 0, 'SIGKILL');
    await told;
    assert.not(wrapper !== null && processes.isAlive(wrapper));
  }
});

test('a background process that keeps the pane open does not hide the end of the command', async () => {
  await start('lingering', 'sleep 1000 & exit 6');
  await new Promise<void>((resolve) => runs.watch(keyOf('lingering'), resolve));
  assert.is((await observed('lingering')).exitCode, 6);
});

test('the watch of a later run takes the place of the earlier one', async () => {
  await start('replaced', ['sleep', '1000']);
  const { command } = await started('replaced');
  let calls = 0;
  runs.watch(keyOf('replaced'), () => calls++);
  await runs.prepare(keyOf('replaced', 2), launchOf('true', { run: 2 }), 'p');
  runs.watch(keyOf('replaced', 2), () => {});
  process.kill(command?.pid ?? 0, 'SIGKILL');
  await ended('replaced');
  await sleep(SETTLED_MS);
  assert.is(calls, 0);
});

test('of fifty sessions killed at a stroke all fifty are told, within moments', async () => {
  const uids = Array.from({ length: 50 }, (_, index) => `crowd-${index}`);
  await Promise.all(uids.map((uid) => start(uid, ['sleep', '1000'])));
  const commands = await Promise.all(uids.map(started));
  const told = new Set<string>();
  for (const uid of uids) runs.watch(keyOf(uid), () => told.add(uid));
  for (const { command } of commands) process.kill(command?.pid ?? 0, 'SIGKILL');
  await eventually(() => told.size === uids.length, { withinMs: 2000 });
  const codes = await Promise.all(uids.map(async (uid) => (await observed(uid)).exitCode));
  assert.ok(codes.every((code) => code === 137));
});

test('a whole tmux server that is killed is told by each of its runs', async () => {
  const uids = ['left', 'right'];
  for (const uid of uids) await start(uid, ['sleep', '1000']);
  await Promise.all(uids.map(started));
  const told = Promise.all(uids.map((uid) => new Promise<void>((resolve) => runs.watch(keyOf(uid), resolve))));
  process.kill(Number(await tmux.run('display-message', '-p', '#{pid}')), 'SIGKILL');
  await told;
});

test.run();
