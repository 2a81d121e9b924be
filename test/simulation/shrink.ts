import type { Schedule, Step } from './schedule.ts';

/** What is tried at most: each try is a whole run. */
const TRIES = 400;

/**
 * A smaller schedule that fails alike: steps are left out, halves first, as long as it still does; then pauses are
 * made short where nothing depends on them.
 */
export const shrink = async (
  schedule: Schedule,
  failsAlike: (smaller: Schedule) => Promise<boolean>,
  tell: (steps: number, tries: number) => void = () => {},
): Promise<Schedule> => {
  let best = schedule;
  let tries = 0;
  const attempt = async (steps: readonly Step[]): Promise<boolean> => {
    if (tries >= TRIES) return false;
    tries += 1;
    const smaller = { ...best, steps };
    if (!(await failsAlike(smaller))) return false;
    best = smaller;
    tell(steps.length, tries);
    return true;
  };
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.steps.length; ) {
      const without = best.steps.toSpliced(from, size);
      if (!(await attempt(without))) from += size;
    }
  }
  for (let index = 0; index < best.steps.length; index += 1) {
    const step = best.steps[index] as Step;
    if (step.afterMs > 0) await attempt(best.steps.with(index, { ...step, afterMs: 0 }));
  }
  return best;
};
