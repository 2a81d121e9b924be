import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../api/errors.ts';
import type { HeldLock, Holder, Locks } from '../../api/ports/world.ts';
import { timeText } from '../../api/time.ts';
import { spanText } from '../output/age.ts';

/** EX_TEMPFAIL of sysexits.h: somebody else has it, try later. */
const HELD_BY_ANOTHER = 75;
/** Between two tries. The kernel frees a lock in the moment its holder ends, and tells nobody. */
const RETRY_MS = 50;

export interface Wish {
  /** Project names. */
  readonly names: readonly string[];
  readonly purpose: string;
  readonly timeoutMs: number;
}

export interface Waiting {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A line for the person who waits. */
  readonly say: (line: string) => void;
}

const told = (holder: Holder | null, nowMs: number): string =>
  holder?.held === true
    ? `pid ${holder.pid} on ${holder.host}, for ${holder.purpose}, since ${timeText(holder.since)} (${spanText(nowMs - holder.since)})`
    : 'somebody who has not said who';

/**
 * Takes locks in order of name, so that two who want the same ones never wait for each other. All or none: what was
 * taken is given back when one is not to be had in time.
 * @throws UserError (exit code 75) that tells who holds it
 */
export const acquireAll = async (
  locks: Locks,
  { names, purpose, timeoutMs }: Wish,
  { now, say }: Waiting,
): Promise<readonly HeldLock[]> => {
  const deadline = performance.now() + timeoutMs;
  const held: HeldLock[] = [];
  try {
    for (const name of [...new Set(names)].sort()) {
      let waitsFor: string | null = null;
      for (;;) {
        const lock = locks.tryAcquire(name, purpose);
        if (lock !== null) {
          held.push(lock);
          break;
        }
        const holder = locks.holderOf(name);
        const who = told(holder, now());
        if (performance.now() >= deadline) {
          const waited = spanText(timeoutMs);
          throw new UserError(`no lock of project "${name}" within ${waited}: it is held by ${who}`, HELD_BY_ANOTHER);
        }
        const identity = `${holder?.pid} ${holder?.token}`;
        if (waitsFor !== identity) say(`waiting for the lock of project "${name}", held by ${who}`);
        waitsFor = identity;
        await sleep(RETRY_MS);
      }
    }
    return held;
  } catch (error) {
    for (const lock of held) lock.release();
    throw error;
  }
};
