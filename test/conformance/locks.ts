import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Holder, Locks } from '../../src/api/ports/world.ts';

/** Another process that competes for locks. */
export interface Competitor {
  readonly pid: number;
  /** Takes it with purpose `start`; the token, or null when somebody has it. */
  take(name: string): Promise<number | null>;
  /** Gives back what it took last. */
  giveBack(): Promise<void>;
  /** SIGKILL, and it is gone. */
  die(): Promise<void>;
}

export interface LocksBench {
  /** Opens the same locks, once more with each call, in one and the same process. */
  open(): Locks;
  compete(): Promise<Competitor>;
  /** What people or a crash make of the information about the holder of a lock. */
  changeHolder(name: string, change: Partial<Holder>): void;
  tearHolder(name: string): void;
  remove(): Promise<void>;
}

/** What every implementation of the port keeps to. */
export const locksConform = (subject: string, open: () => LocksBench): void => {
  const test = suite<{ bench: LocksBench; locks: Locks }>(`locks: ${subject}`);

  test.before.each((context) => {
    context.bench = open();
    context.locks = context.bench.open();
  });
  test.after.each(({ bench }) => bench.remove());

  test('a lock is held by one, never twice, and free again when given back', ({ locks }) => {
    const lock = locks.tryAcquire('thing', 'start');
    assert.ok(lock);
    assert.is(locks.tryAcquire('thing', 'stop'), null, 'not re-entrant');
    assert.ok(locks.tryAcquire('other', 'stop'), 'another name is another lock');
    lock?.release();
    assert.ok(locks.tryAcquire('thing', 'stop'));
    lock?.release();
    assert.is(locks.tryAcquire('thing', 'start'), null, 'given back twice gives back nothing of the next holder');
  });

  test('two objects of one process exclude each other', ({ bench, locks }) => {
    const lock = locks.tryAcquire('thing', 'start');
    assert.is(bench.open().tryAcquire('thing', 'start'), null);
    lock?.release();
    assert.ok(bench.open().tryAcquire('thing', 'start'));
  });

  test('a name that is no label is refused', ({ locks }) => {
    for (const name of ['', '..', 'a/b', 'A', '.hidden']) {
      assert.throws(() => locks.tryAcquire(name, 'start'), /cannot be the name of a lock/);
    }
  });

  test('who holds a lock is told as long as he does', ({ locks }) => {
    assert.is(locks.holderOf('thing'), null);
    const lock = locks.tryAcquire('thing', 'stop');
    const holder = locks.holderOf('thing');
    assert.equal(
      { name: holder?.name, purpose: holder?.purpose, token: holder?.token, held: holder?.held },
      { name: 'thing', purpose: 'stop', token: lock?.token, held: true },
    );
    assert.equal(locks.list(), [holder]);
    lock?.release();
    assert.is(locks.holderOf('thing'), null);
    assert.equal(locks.list(), []);
  });

  test('of two processes one has the lock, and what it took it gives back', async ({ bench, locks }) => {
    const other = await bench.compete();
    assert.is(await other.take('thing'), 1);
    assert.is(locks.tryAcquire('thing', 'start'), null);
    assert.is(locks.holderOf('thing')?.pid, other.pid);
    assert.ok(locks.holderOf('thing')?.held, 'looking at it takes it from nobody');
    await other.giveBack();
    const lock = locks.tryAcquire('thing', 'start');
    assert.is(lock?.token, 2, 'the token grows, whoever takes it');
    assert.is(await other.take('thing'), null);
    lock?.release();
    assert.is(await other.take('thing'), 3);
  });

  test('a lock is free as soon as its holder is killed, and what he left is told to be stale', async ({
    bench,
    locks,
  }) => {
    const other = await bench.compete();
    await other.take('thing');
    await other.die();
    assert.is(locks.holderOf('thing')?.pid, other.pid);
    assert.not(locks.holderOf('thing')?.held);
    assert.is(locks.tryAcquire('thing', 'start')?.token, 2);
    assert.ok(locks.holderOf('thing')?.held);
  });

  test('a holder is known by pid, start time and boot, never by age or pid alone', async ({ bench, locks }) => {
    const other = await bench.compete();
    await other.take('thing');
    const holder = locks.holderOf('thing');
    bench.changeHolder('thing', { since: 0 });
    assert.ok(locks.holderOf('thing')?.held);
    for (const change of [{ startTicks: (holder?.startTicks ?? 0) - 1 }, { bootId: 'an earlier boot' }]) {
      bench.changeHolder('thing', { ...holder, ...change });
      assert.not(locks.holderOf('thing')?.held, JSON.stringify(change));
      assert.is(locks.tryAcquire('thing', 'start'), null, 'the lock is the kernel’s, whatever is said of it');
    }
  });

  test('information about a holder that is damaged hides nothing but itself', ({ bench, locks }) => {
    locks.tryAcquire('thing', 'start');
    locks.tryAcquire('other', 'start');
    bench.tearHolder('other');
    assert.is(locks.holderOf('other'), null);
    assert.equal(
      locks.list().map(({ name }) => name),
      ['thing'],
    );
    assert.is(locks.tryAcquire('other', 'start'), null);
  });

  test.run();
};
