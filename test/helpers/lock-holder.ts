/**
 * A process of its own that takes and gives back locks as it is told, by messages from who has forked it: `name` is
 * that of a lock to take, or null to give back the one it took last. Each is answered with `token`, or null. Argument:
 * the directory of the locks.
 */
import { systemClock } from '../../src/adapters/clock.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import type { HeldLock } from '../../src/api/ports/world.ts';

const locks = openLocks(process.argv[2] ?? '', systemClock());
let last: HeldLock | null = null;

process.on('message', ({ name }: { readonly name: string | null }) => {
  if (name === null) last?.release();
  else last = locks.tryAcquire(name, 'start');
  process.send?.({ token: name === null ? null : (last?.token ?? null) });
});
