import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, UserError } from '../api/errors.ts';

/** The secret that whoever shows it over TCP may do what people do over the unix socket. */
export interface Token {
  /** The file that it is in. */
  readonly file: string;
  /** In constant time. @throws UserError when the file cannot be read any more */
  matches(shown: string): boolean;
}

/** RFC 6750's token68; shorter ones can be guessed. */
const FORM = /^[A-Za-z0-9._~+/-]{32,4096}=*$/;

/**
 * The token in a file, read anew for each use: whoever writes another one into it has changed the token.
 * @throws UserError when it cannot be read, is not ours alone, or holds no token
 */
export const openToken = (file: string): Token => {
  readToken(file);
  return { file, matches: (shown) => timingSafeEqual(digest(shown), digest(readToken(file))) };
};

/** Equal lengths, whatever was shown. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * A new file with a token that nobody can guess, unless there is one already. Says whether it was made.
 * @throws UserError when it cannot be written
 */
export const makeToken = (file: string): boolean => {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new UserError(`cannot make the token file: ${messageOf(error)}`);
  }
};

/** @throws UserError that says what to do, and never what is in the file */
export const readToken = (file: string): string => {
  const descriptor = open(file);
  try {
    // Of the file that was opened, not of what may have its name by now.
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw new UserError(`the token file ${file} is no file`);
    if (found.uid !== process.getuid?.()) throw new UserError(`the token file ${file} belongs to somebody else`);
    if ((found.mode & 0o077) !== 0) {
      const mode = (found.mode & 0o777).toString(8).padStart(4, '0');
      throw new UserError(`the token file ${file} can be read by others (mode ${mode}): chmod 600 ${file}`);
    }
    const token = readFileSync(descriptor, 'utf8').trim();
    if (FORM.test(token)) return token;
    throw new UserError(
      `the token file ${file} holds no token: at least 32 of A-Z a-z 0-9 . _ ~ + / - on one line; remove it, and a new one is made`,
    );
  } finally {
    closeSync(descriptor);
  }
};

const open = (file: string): number => {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw new UserError(`cannot read the token file: ${messageOf(error)}`);
  }
};
