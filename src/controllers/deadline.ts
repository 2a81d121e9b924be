import type { Clock } from '../api/ports/world.ts';

/**
 * Gives work a signal that aborts after `ms`, or with the outer one, and waits no longer, whether or not the work
 * heeds it.
 * @throws Error when it took longer; the outer signal's reason when that came first
 */
export const withDeadline = async <T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const late = new AbortController();
  const cancel = clock.after(ms, () => late.abort(new Error(`no answer within ${ms / 1000} s`)));
  const signal = AbortSignal.any([outer, late.signal]);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  try {
    signal.throwIfAborted();
    return await Promise.race([work(signal), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    cancel();
  }
};
