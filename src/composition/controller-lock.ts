import { UserError } from '../api/errors.ts';
import type { HeldLock, Locks } from '../api/ports/world.ts';
import { timeText } from '../api/time.ts';

/** EX_TEMPFAIL of sysexits.h: somebody else has what is needed, try later. */
const HELD_BY_ANOTHER = 75;

/**
 * One controller a state directory: the kernel's lock is held for life, and ends with the process (failure 42).
 * @throws UserError (exit code 75) naming who has it
 */
export const takeControllerLock = (stateDir: string, locks: Locks): HeldLock => {
  const lock = locks.tryAcquire('controller', 'controller');
  if (lock) return lock;
  const holder = locks.list().find((each) => each.name === 'controller');
  const who = holder ? `pid ${holder.pid} on ${holder.host}, since ${timeText(holder.since)}` : 'another process';
  throw new UserError(`a controller is running already in ${stateDir}: ${who}`, HELD_BY_ANOTHER);
};
