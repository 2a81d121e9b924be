import { UserError } from '../../api/errors.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of a span as kubectl takes it: `90` (seconds), `30s`, `5m`, `1h`, `250ms`.
 * @throws UserError (exit code 2) naming the flag
 */
export const spanOf = (flag: string, text: string): number => {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined) throw new UserError(`${flag}: must be a span such as 30s, 5m or 1h, not "${text}"`, 2);
  return Number(number) * (UNITS[unit] ?? 1000);
};
