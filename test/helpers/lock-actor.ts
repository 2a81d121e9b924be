/**
 * A process of its own that takes and gives back locks as it is told, for the model of the locks. Each message over
 * the channel is answered by one.
 */
import { systemClock } from '../../src/adapters/clock.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import type { HeldLock, Locks } from '../../src/api/ports/world.ts';

export interface LockRequest {
  readonly directory: string;
  readonly name: string;
  readonly act: 'acquire' | 'release' | 'holder';
}

/** The token of what was taken, null when it was not; or whether somebody holds it. */
export type LockAnswer = { readonly token: number | null } | { readonly held: boolean };

const opened = new Map<string, Locks>();
const taken = new Map<string, HeldLock>();

const answer = ({ directory, name, act }: LockRequest): LockAnswer => {
  const locks = opened.get(directory) ?? openLocks(directory, systemClock());
  opened.set(directory, locks);
  const id = `${directory}/${name}`;
  if (act === 'holder') return { held: locks.holderOf(name)?.held ?? false };
  if (act === 'release') {
    taken.get(id)?.release();
    taken.delete(id);
    return { token: null };
  }
  const lock = locks.tryAcquire(name, 'model');
  if (lock) taken.set(id, lock);
  return { token: lock?.token ?? null };
};

process.on('message', (request: LockRequest) => process.send?.(answer(request)));
process.on('disconnect', () => process.exit());
