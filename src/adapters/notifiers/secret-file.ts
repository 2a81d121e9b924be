import { readFileSync, statSync } from 'node:fs';
import { messageOf, UserError } from '../../api/errors.ts';

/** Any right of group or others. */
const OTHERS = 0o077;

/**
 * The one line that a file keeps for its owner alone.
 * @throws UserError when it cannot be read, is empty, or others may read it
 */
export const readSecret = (what: string, file: string): string => {
  try {
    const mode = statSync(file).mode & 0o777;
    if ((mode & OTHERS) !== 0) {
      throw new UserError(`${what} ${file} may be read by others (mode ${mode.toString(8)}): chmod 600 ${file}`, 2);
    }
    const secret = readFileSync(file, 'utf8').trim();
    if (secret === '') throw new UserError(`${what} ${file} is empty`, 2);
    return secret;
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`cannot read ${what}: ${messageOf(error)}`, 2);
  }
};
