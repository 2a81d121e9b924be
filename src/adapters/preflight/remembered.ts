import type { Clock } from '../../api/ports/world.ts';

/** Makes a value once for all who ask within a while, and side by side; `goodForMs` says how long it stays good. */
export const remembered = <T>(
  clock: Clock,
  goodForMs: (value: T) => number,
  make: () => Promise<T>,
): (() => Promise<T>) => {
  let last: { readonly value: T; readonly until: number } | null = null;
  let making: Promise<T> | null = null;
  return () => {
    if (last !== null && clock.now().monotonicMs < last.until) return Promise.resolve(last.value);
    making ??= make()
      .then((value) => {
        last = { value, until: clock.now().monotonicMs + goodForMs(value) };
        return value;
      })
      .finally(() => {
        making = null;
      });
    return making;
  };
};
