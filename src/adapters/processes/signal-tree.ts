import { setTimeout } from 'node:timers/promises';
import type { ProcessIdentity } from '../../api/observation.ts';
import { isAlive, readStat } from './stat.ts';
import { wrapperOf } from './wrapper-process.ts';

export type TreeSignal = 'SIGTERM' | 'SIGKILL';

/** Rounds of looking and signalling; enough for every tree that does not fork faster than it is killed. */
const MAX_ROUNDS = 20;

/** How long killed processes are waited for; only one that sleeps in the kernel (state D) takes longer. */
const GONE_WITHIN_MS = 2000;

/**
 * Signals all that `look` finds, then looks anew, until none appears that was not signalled: a child forked
 * in the meantime is caught by the next round (failure 66). After SIGKILL the dead are waited for.
 * Returns how many were signalled.
 */
export const signalAll = async (
  look: () => Promise<readonly ProcessIdentity[]>,
  signal: TreeSignal,
): Promise<number> => {
  const tried = new Set<string>();
  let signalled = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = await look();
    const fresh = found.filter((process) => !tried.has(keyOf(process)));
    if (fresh.length === 0) break;
    for (const target of fresh) tried.add(keyOf(target));
    const pids = new Set(found.map(({ pid }) => pid));
    const reached = fresh.filter((target) =>
      signal === 'SIGKILL' ? send(target, 'SIGKILL') : terminate(target, pids),
    );
    signalled += reached.length;
    if (signal === 'SIGKILL') await untilGone(reached);
  }
  return signalled;
};

const keyOf = ({ pid, startTicks }: ProcessIdentity): string => `${pid}/${startTicks}`;

const terminate = (target: ProcessIdentity, targets: ReadonlySet<number>): boolean => {
  const wrapper = wrapperOf(target.pid);
  // Many programs take a second SIGTERM for impatience and end at once; the wrapper passes on its own.
  const isPassedOn = wrapper !== null && targets.has(wrapper);
  const reached = isPassedOn ? isAlive(target) : send(target, 'SIGTERM');
  // A stopped process hears SIGTERM only when it goes on.
  if (reached && readStat(target.pid)?.state === 'T') send(target, 'SIGCONT');
  return reached;
};

/** The identity is read again right before, so that a recycled pid is not hit (failure 58). */
const send = (target: ProcessIdentity, signal: TreeSignal | 'SIGCONT'): boolean => {
  if (!isAlive(target)) return false;
  try {
    return process.kill(target.pid, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // ESRCH: gone this moment. EPERM: it became another user's (su); the next observation shows what remains.
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
};

const untilGone = async (targets: readonly ProcessIdentity[]): Promise<void> => {
  const deadline = performance.now() + GONE_WITHIN_MS;
  let left = targets.filter(isAlive);
  for (let pauseMs = 1; left.length > 0 && performance.now() < deadline; pauseMs = Math.min(pauseMs * 2, 50)) {
    await setTimeout(pauseMs);
    left = left.filter(isAlive);
  }
};
