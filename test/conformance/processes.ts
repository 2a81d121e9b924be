import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProcessIdentity } from '../../src/api/observation.ts';
import type { Processes } from '../../src/api/ports/processes.ts';

export interface Started {
  readonly uid?: string;
  readonly window?: string;
  readonly ignores?: 'SIGTERM';
  /** A child that left the session; with `bare`, with nothing in its environment. */
  readonly child?: 'marked' | 'bare';
}

export interface ProcessesBench {
  readonly processes: Processes;
  /** On the monotonic clock. */
  now(): number;
  /** A process without a terminal, and its child; they live until they are signalled. */
  start(how: Started): Promise<{ readonly self: ProcessIdentity; readonly child: ProcessIdentity | null }>;
  /** SIGSTOP. */
  stop(process: ProcessIdentity): void;
  /** SIGKILL. */
  kill(process: ProcessIdentity): void;
  /** Waits until the check passes. */
  until(check: () => boolean | Promise<boolean>): Promise<void>;
  remove(): Promise<void>;
}

/** What every implementation of the port keeps to. */
export const processesConform = (subject: string, open: () => ProcessesBench): void => {
  const bench = open();
  const { processes, start, until } = bench;
  const test = suite(`processes: ${subject}`);
  test.after(() => bench.remove());

  const of = async (uid: string, window?: string): Promise<readonly number[]> =>
    (await processes.observe(bench.now()))
      .of(uid, window)
      .map(({ pid }) => pid)
      .sort((a, b) => a - b);
  const pidsOf = (...some: readonly (ProcessIdentity | null)[]): readonly number[] =>
    some.flatMap((each) => each?.pid ?? []).sort((a, b) => a - b);

  test('processes are found by their marker, with descendants that bear none', async () => {
    const { self, child } = await start({ uid: 'found', child: 'bare' });
    assert.equal(await of('found'), pidsOf(self, child));
    assert.equal(await of('foun'), []);
    assert.equal(await of('nobody'), []);
  });

  test('a child that has lost its parent is found by its own marker, and without one no more', async () => {
    const marked = await start({ uid: 'orphaned', child: 'marked' });
    const bare = await start({ uid: 'orphaned', child: 'bare' });
    bench.kill(marked.self);
    bench.kill(bare.self);
    await until(async () => (await of('orphaned')).length === 1);
    assert.equal(await of('orphaned'), pidsOf(marked.child));
    assert.ok(bare.child !== null && processes.isAlive(bare.child));
  });

  test('the processes of one window are found alone', async () => {
    const main = await start({ uid: 'windows', window: 'main' });
    const side = await start({ uid: 'windows', window: 'side' });
    const neither = await start({ uid: 'windows' });
    assert.equal(await of('windows', 'main'), pidsOf(main.self));
    assert.equal(await of('windows', 'other'), []);
    assert.equal(await of('windows'), pidsOf(main.self, side.self, neither.self));
  });

  test('a process lives as long as it does, and another one with its number is another', async () => {
    const { self } = await start({ uid: 'alive' });
    assert.ok(processes.isAlive(self));
    assert.equal(processes.identify(self.pid), self);
    assert.not(processes.isAlive({ ...self, startTicks: self.startTicks - 1 }));
    bench.kill(self);
    await until(() => !processes.isAlive(self));
    assert.is(processes.identify(self.pid), null);
  });

  test('what has no terminal has none, and nobody can be typed into there', async () => {
    const { self } = await start({ uid: 'quiet' });
    assert.not(processes.hasTerminal(self));
    assert.is(processes.typedInto(self, self), null);
  });

  test('SIGTERM reaches the whole tree, and SIGKILL whoever ignores it', async () => {
    const tame = await start({ uid: 'tree', child: 'marked' });
    const wild = await start({ uid: 'tree', ignores: 'SIGTERM' });
    assert.is(await processes.signalTree('tree', [], 'SIGTERM'), 3);
    await until(async () => (await of('tree')).length === 1);
    assert.equal(await of('tree'), pidsOf(wild.self));
    assert.not(processes.isAlive(tame.self));
    assert.is(await processes.signalTree('tree', [], 'SIGKILL'), 1);
    assert.not(processes.isAlive(wild.self), 'the dead are waited for');
    assert.is(await processes.signalTree('tree', [], 'SIGKILL'), 0);
  });

  test('a stopped process hears SIGTERM', async () => {
    const { self } = await start({ uid: 'stopped' });
    bench.stop(self);
    assert.ok(processes.isAlive(self), 'it is stopped, not dead');
    assert.is(await processes.signalTree('stopped', [], 'SIGTERM'), 1);
    await until(() => !processes.isAlive(self));
  });

  test('of one window only its own processes are signalled', async () => {
    const main = await start({ uid: 'apart', window: 'main' });
    const side = await start({ uid: 'apart', window: 'side' });
    assert.is(await processes.signalTree('apart', [], 'SIGKILL', 'main'), 1);
    assert.not(processes.isAlive(main.self));
    assert.ok(processes.isAlive(side.self));
  });

  test('the tree below a root is signalled though it bears no marker, but for a root that is another process', async () => {
    const root = await start({ child: 'bare' });
    const other = { ...root.self, startTicks: root.self.startTicks - 1 };
    assert.is(await processes.signalTree('no-such-uid', [other], 'SIGKILL'), 0);
    assert.is(await processes.signalTree('no-such-uid', [root.self], 'SIGKILL'), 2);
    assert.not(processes.isAlive(root.self));
  });

  test('none is given a look that was begun before he asked', async () => {
    const before = await processes.observe(bench.now());
    const { self } = await start({ uid: 'new' });
    assert.equal(before.of('new'), []);
    assert.equal(await of('new'), pidsOf(self));
  });

  test.run();
};
