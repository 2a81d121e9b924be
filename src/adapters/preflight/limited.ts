import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import type { Check, CheckResult } from '../../api/check.ts';
import { messageOf } from '../../api/errors.ts';
import { outcomesOf } from './outcome.ts';

type Checking = () => Promise<CheckResult | readonly CheckResult[]>;

/** Runs a check; one that breaks is one that failed. `name` is what people know it by, if not its kind. */
export type Guard = (check: Check, run: Checking, name?: string) => Promise<readonly CheckResult[]>;

export const guarded: Guard = async (check, run, name) => {
  try {
    return [await run()].flat();
  } catch (error) {
    const { fail } = outcomesOf(check, name);
    return error instanceof TaskCancelledError
      ? [fail('no answer in time', 'is the file system there?')]
      : [fail(`the check itself failed: ${messageOf(error)}`, 'is the file system there?')];
  }
};

/** And so is one that hangs, as on a file system that is away. */
export const limitedTo = (timeoutMs: number): Guard => {
  const limit = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  return (check, run, name) => guarded(check, () => limit.execute(run), name);
};
