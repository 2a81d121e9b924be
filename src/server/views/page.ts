import { z } from 'zod';
import { UserError } from '../../api/errors.ts';
import type { List } from './list.ts';

/** A part of a list: so many, after a name. */
export interface Page {
  readonly limit?: number | undefined;
  /** The token that led out of the part before. */
  readonly continue?: string | undefined;
}

const Token = z.strictObject({ after: z.string() });

/**
 * The part of a list that was asked for. What changes between two parts is told as it is at the second: nothing is
 * told twice, and what is there all the time is not left out.
 * @throws UserError when the token is none of ours
 */
export const pageOf = <T>(list: List<T>, nameOf: (item: T) => string, page: Page): List<T> => {
  const after = page.continue === undefined ? '' : readToken(page.continue);
  const rest = list.items.filter((item) => nameOf(item) > after);
  const items = page.limit ? rest.slice(0, page.limit) : rest;
  const last = items.at(-1);
  const left = rest.length - items.length;
  const metadata =
    last === undefined || left === 0
      ? list.metadata
      : { ...list.metadata, continue: tokenAfter(nameOf(last)), remainingItemCount: left };
  return { ...list, metadata, items };
};

const tokenAfter = (after: string): string => Buffer.from(JSON.stringify({ after })).toString('base64url');

const readToken = (token: string): string => {
  try {
    return Token.parse(JSON.parse(Buffer.from(token, 'base64url').toString())).after;
  } catch {
    throw new UserError('continue: must be metadata.continue of an earlier list', 2);
  }
};
