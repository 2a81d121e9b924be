import type { Tracer } from '../api/trace.ts';

export type OnTrace = (listener: Tracer) => () => void;

/** What happens together is told together. */
const GATHER_MS = 50;

/**
 * Calls `look` soon after anything has happened: once for all that comes together, and so that it takes a tenth of
 * the time at most. Returns how to stop.
 */
export const lookSoon = (onTrace: OnTrace, look: () => void): (() => void) => {
  let timer: NodeJS.Timeout | null = null;
  let pauseMs = GATHER_MS;
  const due = (): void => {
    timer = null;
    const begun = performance.now();
    look();
    pauseMs = Math.max(GATHER_MS, 10 * (performance.now() - begun));
  };
  const stop = onTrace(() => {
    timer ??= setTimeout(due, pauseMs).unref();
  });
  return () => {
    stop();
    if (timer !== null) clearTimeout(timer);
  };
};
