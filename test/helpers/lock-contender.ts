/**
 * A process of its own for the test of locks: enters so many critical sections, and exits with 3 when it ever met
 * another live process inside. Arguments: directory of the locks, folder to leave marks in, number of sections, and
 * once in how many of them it dies inside. What it has done is counted by the lines of its own file there.
 */
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { orAbsentSync } from '../../src/adapters/absent-file.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import type { ProcessIdentity } from '../../src/api/observation.ts';
import { identify, isAlive } from '../../src/adapters/processes/stat.ts';

const [, , directory = '', folder = '', contender = '', sections = '0', mortality = '0'] = process.argv;
const DEAD_WITHIN_MS = 20_000;
const locks = openLocks(directory, systemClock());
const inside = join(folder, 'inside');
const tokens = join(folder, 'tokens');
const own = join(folder, `done-${contender}`);
const me = JSON.stringify(identify(process.pid));
const marked = (file: string): string | null => orAbsentSync(() => readFileSync(file, 'utf8'), null);
const done = (): number => orAbsentSync(() => statSync(own).size, 0);

/** One that was killed gives its lock back a moment before /proc calls it dead; who is inside stays alive meanwhile. */
const staysAlive = async (marked: string): Promise<boolean> => {
  const other: ProcessIdentity = JSON.parse(marked);
  for (const until = performance.now() + DEAD_WITHIN_MS; performance.now() < until; await setTimeout(1)) {
    if (!isAlive(other)) return false;
  }
  return true;
};

while (done() < Number(sections)) {
  const lock = locks.tryAcquire('shared', 'test');
  if (lock === null) {
    await setTimeout(2 + Math.random() * 16);
    continue;
  }
  const before = marked(inside);
  if (before !== null && (await staysAlive(before))) process.exit(3);
  writeFileSync(inside, me);
  appendFileSync(tokens, `${lock.token}\n`);
  appendFileSync(own, '.');
  await setImmediate();
  if (Math.random() < 1 / Number(mortality)) process.kill(process.pid, 'SIGKILL');
  if (marked(inside) !== me) process.exit(3);
  rmSync(inside);
  lock.release();
}
