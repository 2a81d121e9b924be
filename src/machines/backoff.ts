import type { Spec } from '../api/manifest.ts';

/**
 * The wait before restart number `failures` in a row, in milliseconds, as the kubelet does it: the first
 * restart is immediate, the second waits `initialSeconds`, doubled with each, up to `maxSeconds`.
 */
export const backoffMs = (failures: number, backoff: Spec['backoff']): number => {
  if (failures <= 1) return 0;
  // An exponent beyond 52 would only add up to Infinity; the cap has been reached long before.
  const doubled = backoff.initialSeconds * 2 ** Math.min(failures - 2, 52);
  return Math.min(doubled, backoff.maxSeconds) * 1000;
};
