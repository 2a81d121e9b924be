import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { orAbsentSync } from '../absent-file.ts';

const DIGITS = 16;

/** The last number given out; null where none was, or a loss of power took it. */
const lastToken = (file: string): number | null => {
  const token = Number.parseInt(
    orAbsentSync(() => readFileSync(file, 'utf8'), ''),
    10,
  );
  return Number.isSafeInteger(token) ? token : null;
};

/**
 * The next number of a count that is kept in a file, to be asked for under the lock that it counts. The file is
 * written over in one go: whoever is killed meanwhile leaves the old number or the new one. `before` is asked when
 * there is no number yet.
 */
export const nextToken = (file: string, before: () => number): number => {
  const token = (lastToken(file) ?? before()) + 1;
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    writeSync(descriptor, `${String(token).padStart(DIGITS, '0')}\n`, 0);
  } finally {
    closeSync(descriptor);
  }
  return token;
};
