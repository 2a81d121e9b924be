import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long the check may go on failing. Default 30 s: what must happen may take its time on a busy machine. */
  readonly withinMs?: number;
  /** Pause between two looks. Default 10 ms. */
  readonly everyMs?: number;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Looks again and again until the check passes, for what no event tells of. A check passes when it returns
 * anything but `false`, `null` or `undefined` and does not throw; that value is the result. An assertion
 * helper that returns nothing is therefore followed by `return true`. Rejects, after `withinMs`, with the
 * last error the check threw.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { withinMs = 30_000, everyMs = 10, signal }: EventuallyOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    let last: unknown;
    try {
      const value = await check();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      last = new Error(`not within ${withinMs} ms: the check still gave ${String(value)}`);
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) throw last;
    await sleep(everyMs);
  }
}
