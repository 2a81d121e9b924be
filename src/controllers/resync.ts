/** Divisors that let cron's steps come evenly round the minute, the hour and the day. */
const SIXTIETHS = [30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1];
const HOURS = [12, 8, 6, 4, 3, 2, 1];

const largestUpTo = (steps: readonly number[], limit: number): number => steps.find((step) => step <= limit) ?? 1;

/**
 * The cron expression (with seconds) of "every so many seconds". Cron's steps begin anew each minute, hour
 * and day, so an interval that does not divide them evenly is shortened to the next that does.
 */
export const cronEvery = (seconds: number): string => {
  if (seconds < 60) return `*/${largestUpTo(SIXTIETHS, seconds)} * * * * *`;
  if (seconds < 3600) return `0 */${largestUpTo(SIXTIETHS, Math.floor(seconds / 60))} * * * *`;
  return `0 0 */${largestUpTo(HOURS, Math.floor(seconds / 3600))} * * *`;
};
