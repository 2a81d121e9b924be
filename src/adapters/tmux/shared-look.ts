import type { Clock } from '../../api/ports/world.ts';

/**
 * Shares one look among all who ask: a look begun at or after the moment a caller names serves him too, even
 * when it is over. One is under way at a time; those who need a later one share that which follows.
 */
export const sharedLook = <T>(clock: Clock, look: () => Promise<T>): ((since: number) => Promise<T>) => {
  let newest: { readonly startedAt: number; readonly result: Promise<T> } | null = null;
  let next: Promise<T> | null = null;

  const begin = (): Promise<T> => {
    const startedAt = clock.now().monotonicMs;
    const result = look();
    newest = { startedAt, result };
    return result;
  };

  return (since) => {
    if (newest !== null && newest.startedAt >= since) return newest.result;
    next ??= Promise.allSettled([newest?.result]).then(() => {
      next = null;
      return begin();
    });
    return next;
  };
};
