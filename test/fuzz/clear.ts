import { isDeepStrictEqual } from 'node:util';
import * as assert from 'uvu/assert';
import { messageOf, UserError } from '../../src/api/errors.ts';

/** What slips out of a program that has not understood what went wrong. */
const OF_PROGRAMMERS = [
  /\n {4}at /,
  /\[object \w+\]/,
  /\bMaximum call stack/,
  /Cannot (read|convert|destructure|access|use)/,
  /is not (a function|iterable|defined|a constructor)/,
  /\bInvalid (array|string) length/,
  /out of memory/,
  /internal error/,
  /^\s*$/,
];

/** What a terminal would obey. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** No message is longer: people read it, and it is stored, logged and sent. */
const LONGEST = 20_000;

/** @throws when people cannot do anything with the message */
export const demandClear = (message: string): void => {
  for (const pattern of OF_PROGRAMMERS) {
    if (pattern.test(message)) throw new Error(`this is no clear error (${pattern}): ${message.slice(0, 500)}`);
  }
  const control = CONTROL.exec(message);
  if (control !== null) {
    throw new Error(`a control character at ${control.index} of: ${JSON.stringify(message.slice(0, 500))}`);
  }
  if (message.length > LONGEST) throw new Error(`${message.length} characters: ${message.slice(0, 200)}`);
};

/** What it gives, or the message of the UserError that it throws, which must be clear and name what it is about. */
export const orClearError = <T>(work: () => T, names: string | null): T | string => {
  try {
    return work();
  } catch (error) {
    return clearMessageOf(error, names);
  }
};

export const orClearRejection = async <T>(work: Promise<T>, names: string | null): Promise<T | string> => {
  try {
    return await work;
  } catch (error) {
    return clearMessageOf(error, names);
  }
};

const clearMessageOf = (error: unknown, names: string | null): string => {
  if (!(error instanceof UserError)) throw error;
  const message = messageOf(error);
  demandClear(message);
  if (names !== null && !message.includes(names)) throw new Error(`it does not name ${names}: ${message}`);
  return message;
};

export const same = (actual: unknown, expected: unknown, what: string): void => {
  if (!isDeepStrictEqual(actual, expected)) assert.equal(actual, expected, what);
};
