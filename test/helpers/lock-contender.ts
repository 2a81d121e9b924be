/**
 * A process of its own for the test of locks: enters a critical section again and again, and exits with 3
 * when it ever met another live process inside. Arguments: directory of the locks, folder to leave marks in,
 * how many sections all processes have to do together. Once in fifty times it dies inside.
 */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { orAbsentSync } from '../../src/adapters/absent-file.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import { identify, isAlive } from '../../src/adapters/processes/stat.ts';

const [, , directory = '', folder = '', sections = '0'] = process.argv;
const locks = openLocks(directory, systemClock());
const inside = join(folder, 'inside');
const tokens = join(folder, 'tokens');
const me = JSON.stringify(identify(process.pid));
const marked = (file: string): string | null => orAbsentSync(() => readFileSync(file, 'utf8'), null);

for (let done = 0; done < Number(sections); ) {
  const lock = locks.tryAcquire('shared', 'test');
  if (lock === null) {
    await setTimeout(4);
    continue;
  }
  const before = marked(inside);
  if (before !== null && isAlive(JSON.parse(before))) process.exit(3);
  writeFileSync(inside, me);
  appendFileSync(tokens, `${lock.token}\n`);
  done = (marked(tokens) ?? '').split('\n').length - 1;
  await setImmediate();
  if (Math.random() < 0.02) process.kill(process.pid, 'SIGKILL');
  if (marked(inside) !== me) process.exit(3);
  rmSync(inside);
  lock.release();
}
