import { bulkhead } from 'cockatiel';
import { within } from '../programs/program.ts';

/** Does work when its turn has come, and gives what the work gives. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * So much work is begun at one time; the rest waits. What takes longer than `patienceMs` goes on and gives its turn to
 * the next: what hangs delays no other by more than that (I10).
 */
export const inTurns = (atOnce: number, patienceMs: number): InTurn => {
  const room = bulkhead(atOnce, Number.POSITIVE_INFINITY);
  return <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((resolve) => {
      void room.execute(async () => {
        const working = work();
        resolve(working);
        await within(patienceMs, Promise.allSettled([working]), null);
      });
    });
};
