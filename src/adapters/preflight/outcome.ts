import { visible } from '../../api/visible.ts';
import type { Check, CheckResult } from '../../api/check.ts';

/** The three things a check can say. */
export interface Outcomes {
  pass(message: string): CheckResult;
  /** What a start can do without. */
  warn(message: string, remedy: string): CheckResult;
  fail(message: string, remedy: string): CheckResult;
}

export const outcomesOf = (check: Check, name: string = check): Outcomes => ({
  pass: (message) => ({ check, name, result: 'Pass', message: visible(message), remedy: '' }),
  warn: (message, remedy) => ({ check, name, result: 'Warn', message: visible(message), remedy }),
  fail: (message, remedy) => ({ check, name, result: 'Fail', message: visible(message), remedy }),
});

/**
 * Of something that runs out: less than `least` fails, less than `comfortable` warns.
 * `left` says how much there is, for people.
 */
export const enough = (
  { pass, warn, fail }: Outcomes,
  amount: number,
  { least, comfortable }: { readonly least: number; readonly comfortable: number },
  left: string,
  remedy: string,
): CheckResult => {
  if (amount < least) return fail(`only ${left}`, remedy);
  return amount < comfortable ? warn(`only ${left}`, remedy) : pass(left);
};
