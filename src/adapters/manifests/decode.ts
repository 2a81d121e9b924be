import { isUtf8 } from 'node:buffer';
import { UserError } from '../../api/errors.ts';

/** No file that a person writes is larger; a huge one by accident must not stall everything. */
export const MAX_BYTES = 1024 * 1024;

/**
 * The text of a file that has no reason to be large.
 * @throws UserError, as `decode` does, and when it is larger than MAX_BYTES
 */
export const decodeSmall = (bytes: Buffer, file: string): string => {
  if (bytes.length > MAX_BYTES) throw new UserError(`${file}:1:1: is larger than ${MAX_BYTES} bytes`);
  return decode(bytes, file);
};

/**
 * The text of a file for people. What is not UTF-8 is not read with marks in the place of what is not understood: they
 * would get into commands and paths, and with the next edit into the file.
 * @throws UserError that says where
 */
export const decode = (bytes: Buffer, file: string): string => {
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return text;
  const read = Buffer.from(text);
  const at = bytes.findIndex((byte, index) => byte !== read[index]);
  const before = bytes.subarray(0, at).toString('utf8').split('\n');
  throw new UserError(`${file}:${before.length}:${(before.at(-1) ?? '').length + 1}: is not UTF-8; save it as such`);
};
