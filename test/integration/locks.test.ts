import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import { UserError } from '../../src/api/errors.ts';
import type { Holder } from '../../src/api/ports/world.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const folder = temporaryFolder();
const clock = systemClock();
const newFolder = (name: string): string => {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
};
const editHolder = (directory: string, change: Partial<Holder>): void => {
  const file = join(directory, 'thing.holder.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
};

/** Another process that takes the lock `thing` and keeps it until it is killed. */
const otherHolder = async (directory: string) => {
  const script = `
    import { systemClock } from ${JSON.stringify(import.meta.resolve('../../src/adapters/clock.ts'))};
    import { openLocks } from ${JSON.stringify(import.meta.resolve('../../src/adapters/locks/locks.ts'))};
    const lock = openLocks(process.argv[1], systemClock()).tryAcquire('thing', 'start');
    console.log(lock === null ? 'busy' : 'held');
    setInterval(() => globalThis.gc(), 5);`;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module-typescript', '-e', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
};

const test = suite('locks');

test.after(folder.remove);

test('a lock is held by one, and free again when released', () => {
  const locks = openLocks(newFolder('one'), clock);
  const lock = locks.tryAcquire('thing', 'start');
  assert.ok(lock);
  assert.is(locks.tryAcquire('thing', 'stop'), null, 'not re-entrant');
  assert.ok(locks.tryAcquire('other', 'stop'), 'another name is another lock');
  lock?.release();
  const again = locks.tryAcquire('thing', 'stop');
  assert.ok(again);
  lock?.release();
  assert.is(locks.tryAcquire('thing', 'start'), null, 'releasing twice releases nothing of the next holder');
});

test('the token grows with every acquisition, by whomever', () => {
  const directory = newFolder('tokens');
  const tokens = Array.from({ length: 5 }, () => {
    const lock = openLocks(directory, clock).tryAcquire('thing', 'start');
    lock?.release();
    return lock?.token ?? 0;
  });
  assert.equal(tokens, [1, 2, 3, 4, 5]);
});

test('nothing is written into the file of a lock, so that none waits for the disk and none is ever damaged', () => {
  const directory = newFolder('empty');
  for (let round = 0; round < 3; round++) openLocks(directory, clock).tryAcquire('thing', 'start')?.release();
  assert.is(statSync(join(directory, 'thing.lock')).size, 0);
});

test('the count of a first version, which stands in the lock itself, is gone on with', () => {
  const directory = newFolder('first-version');
  const database = new Database(join(directory, 'thing.lock'));
  database.exec('CREATE TABLE acquisitions (id INTEGER PRIMARY KEY); INSERT INTO acquisitions VALUES (41)');
  database.close();
  const tokens = [1, 2].map(() => {
    const lock = openLocks(directory, clock).tryAcquire('thing', 'start');
    lock?.release();
    return lock?.token;
  });
  assert.equal(tokens, [42, 43]);
});

test('a count that a loss of power has emptied begins anew, and keeps nobody from the lock', () => {
  const directory = newFolder('emptied');
  writeFileSync(join(directory, 'thing.token'), '');
  const lock = openLocks(directory, clock).tryAcquire('thing', 'start');
  assert.is(lock?.token, 1);
  lock?.release();
});

test('two objects in one process exclude each other', () => {
  const directory = newFolder('two');
  const lock = openLocks(directory, clock).tryAcquire('thing', 'start');
  assert.is(openLocks(directory, clock).tryAcquire('thing', 'start'), null);
  lock?.release();
});

test('the directory must be absolute (failure 54)', () => {
  assert.throws(
    () => openLocks('locks', clock),
    (error: unknown) => error instanceof UserError,
  );
});

test('a name that is no label is refused', () => {
  const locks = openLocks(newFolder('names'), clock);
  for (const name of ['', '..', 'a/b', 'A', '.hidden']) assert.throws(() => locks.tryAcquire(name, 'start'));
});

test('a lock outlives garbage collection, and is free as soon as its holder is killed (failure 43)', async () => {
  const directory = newFolder('killed');
  const { child, said } = await otherHolder(directory);
  assert.is(said, 'held');
  const locks = openLocks(directory, clock);
  for (let round = 0; round < 20; round++) {
    assert.is(locks.tryAcquire('thing', 'start'), null);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const [holder] = locks.list();
  assert.is(holder?.pid, child.pid);
  assert.is(holder?.purpose, 'start');
  assert.ok(holder?.held);

  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.not(locks.list()[0]?.held, 'what a killed holder left is told to be stale');
  const lock = locks.tryAcquire('thing', 'start');
  assert.is(lock?.token, 2);
  assert.is(locks.list()[0]?.pid, process.pid);
  lock?.release();
  assert.equal(locks.list(), []);
});

test('looking at the locks disturbs nobody', async () => {
  const directory = newFolder('looked-at');
  const { child } = await otherHolder(directory);
  const locks = openLocks(directory, clock);
  for (let round = 0; round < 100; round++) assert.ok(locks.list()[0]?.held);
  assert.is(locks.tryAcquire('thing', 'start'), null);
  child.kill('SIGKILL');
});

test('a holder is known by pid, start time and boot, never by its age or its pid alone (failures 43, 58)', () => {
  const directory = newFolder('recycled');
  const locks = openLocks(directory, clock);
  const lock = locks.tryAcquire('thing', 'start');
  const seenByOthers = openLocks(directory, clock);
  editHolder(directory, { since: 0 });
  assert.ok(seenByOthers.list()[0]?.held);
  const [holder] = locks.list();
  for (const change of [{ startTicks: (holder?.startTicks ?? 0) - 1 }, { bootId: 'an earlier boot' }]) {
    editHolder(directory, { ...holder, ...change });
    assert.not(seenByOthers.list()[0]?.held, JSON.stringify(change));
  }
  lock?.release();
});

test('holder information that is damaged hides nothing but itself', () => {
  const directory = newFolder('damaged');
  const locks = openLocks(directory, clock);
  writeFileSync(join(directory, 'torn.holder.json'), '{"name":');
  const lock = locks.tryAcquire('thing', 'start');
  assert.equal(
    locks.list().map(({ name }) => name),
    ['thing'],
  );
  lock?.release();
});

test('a lock file that something else has written to is refused by name, and hides no other lock', () => {
  const directory = newFolder('overwritten');
  const locks = openLocks(directory, clock);
  const file = join(directory, 'thing.lock');
  writeFileSync(file, 'a note that was saved to the wrong place\n'.repeat(100));
  writeFileSync(join(directory, 'thing.holder.json'), JSON.stringify({ ...HOLDER, name: 'thing', host: 'elsewhere' }));
  assert.throws(
    () => locks.tryAcquire('thing', 'start'),
    (error: Error) => error.message.startsWith(`${file} is no lock file`),
  );
  assert.equal(
    locks.list().map(({ name, held }) => [name, held]),
    [['thing', false]],
  );
});

const HOLDER = { pid: 1, startTicks: 1, bootId: 'b', purpose: 'start', since: 1, token: 1 };

test.run();
