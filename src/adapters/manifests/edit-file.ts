import { readFile, unlink } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { messageOf, UserError } from '../../api/errors.ts';
import { decode } from './decode.ts';

/** An edit of a file's text; null removes the file. Throws a UserError when it cannot be done. */
export type TextEdit = (text: string) => string | null;

/**
 * Edits a file as a whole; what somebody saved meanwhile is not overwritten. False when the edit changed nothing.
 *
 * @throws UserError, and the file stays as it is.
 */
export const editFile = async (file: string, change: TextEdit): Promise<boolean> => {
  const text = await readText(file);
  const edited = change(text);
  if (edited === text) return false;
  if ((await readText(file)) !== text) throw new UserError(`${file} was saved by somebody else meanwhile; try again`);
  await asUserError(edited === null ? unlink(file) : writeFileAtomic(file, edited));
  return true;
};

export const readText = async (file: string): Promise<string> => decode(await asUserError(readFile(file)), file);

/** What goes wrong with a file is for people to mend: no stack trace. */
export const asUserError = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw new UserError(messageOf(error));
  }
};
