import type { CheckResult } from '../../api/check.ts';
import type { Clock } from '../../api/ports/world.ts';
import { timeText } from '../../api/time.ts';
import { outcomesOf } from './outcome.ts';

const { pass, warn, fail } = outcomesOf('clock');

/** A machine that has lost its clock begins again in 1970, or when its firmware was made. */
const EARLIEST = Date.UTC(2025, 0);
const LATEST = Date.UTC(2100, 0);
/** Clocks that are kept in step differ by less. */
const TOLERATED_MS = 60_000;

/** `newestAt`: when the newest event was recorded, epoch milliseconds; null for none. */
export const checkClock = (clock: Clock, newestAt: number | null): CheckResult => {
  const before = clock.now();
  const { wallMs, monotonicMs } = clock.now();
  const remedy = 'set the clock, and keep it by NTP';
  const time = new Date(wallMs).toISOString();
  if (monotonicMs < before.monotonicMs) return fail('the monotonic clock goes backwards', 'see to the machine');
  if (wallMs < EARLIEST || wallMs >= LATEST) return fail(`it says ${time}`, remedy);
  return newestAt !== null && newestAt > wallMs + TOLERATED_MS
    ? warn(`it says ${time}, and the newest event is of ${timeText(newestAt)}`, remedy)
    : pass(`it says ${time}`);
};
