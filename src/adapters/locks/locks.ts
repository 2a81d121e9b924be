import { mkdirSync, rmSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError } from '../../api/errors.ts';
import { Name } from '../../api/manifest.ts';
import type { Clock, Locks } from '../../api/ports/world.ts';
import { thisHolder } from './holder.ts';
import { holderFile, holderIn, holdersIn, lockFile, tokenFile } from './holders.ts';
import { takeKernelLock } from './kernel-lock.ts';
import type { KernelLock } from './kernel-lock.ts';

/**
 * Locks by name in a directory, which must be absolute: a relative one would be another directory to each
 * process (failure 54). A lock ends with its holder, killed or not.
 *
 * INVARIANTS
 * - A lock file is never unlinked, and never opened while this process holds it (failure 53).
 * - Every held lock is reachable from `process` by way of its exit listener, so that none is collected.
 * - The holder's file is written after the lock was taken and removed before it is given back.
 */
export const openLocks = (directory: string, clock: Clock): Locks => {
  if (!isAbsolute(directory)) {
    throw new UserError(`the directory of the locks must be an absolute path, not "${directory}"`);
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const held = new Map<string, KernelLock>();
  const isOurs = (name: string): boolean => held.has(name);

  const release = (name: string, lock: KernelLock): void => {
    if (held.get(name) !== lock) return;
    rmSync(holderFile(directory, name), { force: true });
    held.delete(name);
    lock.release();
    if (held.size === 0) process.off('exit', releaseAll);
  };
  const releaseAll = (): void => {
    for (const [name, lock] of held) release(name, lock);
  };

  return {
    tryAcquire(name, purpose) {
      if (!Name.safeParse(name).success) throw new Error(`"${name}" cannot be the name of a lock`);
      if (held.has(name)) return null;
      const lock = takeKernelLock(lockFile(directory, name), tokenFile(directory, name));
      if (lock === null) return null;
      if (held.size === 0) process.on('exit', releaseAll);
      held.set(name, lock);
      try {
        const info = thisHolder(clock, name, purpose, lock.token);
        const text = `${JSON.stringify(info)}\n`;
        writeFileAtomic.sync(holderFile(directory, name), text, { mode: 0o600, fsync: false });
      } catch (error) {
        release(name, lock);
        throw error;
      }
      return { token: lock.token, release: () => release(name, lock) };
    },

    list: () => holdersIn(directory, clock, isOurs),
    holderOf: (name) => holderIn(directory, name, clock, isOurs),
  };
};
