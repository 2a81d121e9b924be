import { mkdirSync, statSync } from 'node:fs';
import { messageOf, UserError } from '../api/errors.ts';

/**
 * Makes a directory for its owner alone, if it is not there. In one that others can write to, they could put links in
 * the place of our files.
 * @throws UserError when it cannot be made, belongs to somebody else or can be written to by others
 */
export const demandOwnDirectory = (path: string): void => {
  const { uid, mode } = made(path);
  if (uid !== process.getuid?.()) throw new UserError(`${path} belongs to somebody else; give another --state-dir`);
  if ((mode & 0o022) !== 0) throw new UserError(`${path} can be written to by others: chmod go-w ${path}`);
};

const made = (path: string): { readonly uid: number; readonly mode: number } => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return statSync(path);
  } catch (error) {
    throw new UserError(`cannot make the state directory: ${messageOf(error)}`);
  }
};
