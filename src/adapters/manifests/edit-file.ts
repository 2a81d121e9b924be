import { readFile, unlink } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import writeFileAtomic from 'write-file-atomic';
import { messageOf, UserError } from '../../api/errors.ts';
import type { ProjectManifest } from '../../api/manifest.ts';
import { parseManifests } from './parse.ts';

/** An edit of a file's text; null removes the file. */
export type TextEdit = (text: string) => string | null;

/**
 * Edits a file so that it declares `wanted` under `name` (null: no longer), and all else as before. The
 * outcome is parsed before it is written, and what somebody saved meanwhile is not overwritten.
 *
 * @throws UserError, and the file stays as it is.
 */
export const editFile = async (
  file: string,
  name: string,
  wanted: ProjectManifest | null,
  change: TextEdit,
): Promise<void> => {
  const text = await readText(file);
  const others = othersIn(text, file, name, wanted !== null);
  const edited = change(text);
  const expected = wanted === null ? others : [...others, wanted];
  if (!declaresOnly(edited, file, expected)) {
    throw new UserError(`${file}: ${name} cannot be changed safely by a program here; please edit the file`);
  }
  if ((await readText(file)) !== text) throw new UserError(`${file} was saved by somebody else meanwhile; try again`);
  await asUserError(edited === null ? unlink(file) : writeFileAtomic(file, edited));
};

/** The Projects of a file. */
export const projectsOf = async (file: string): Promise<readonly ProjectManifest[]> => {
  const { projects, errors } = parseManifests(await readText(file), file);
  if (errors.length > 0) throw new UserError(`mend the file first:\n${errors.join('\n')}`);
  return projects;
};

export const readText = (file: string): Promise<string> => asUserError(readFile(file, 'utf8'));

/** What goes wrong with a file is for people to mend: no stack trace. */
export const asUserError = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw new UserError(messageOf(error));
  }
};

/** Do two manifests ask for the same? */
export const isSame = (a: ProjectManifest, b: ProjectManifest): boolean => isDeepStrictEqual(askedBy(a), askedBy(b));

const askedBy = ({ metadata: { name, labels = {}, annotations = {} }, spec }: ProjectManifest) => ({
  name,
  labels,
  annotations,
  spec,
});

/** A broken file may be mended by a new manifest when it holds nothing else. */
const othersIn = (text: string, file: string, name: string, mends: boolean): readonly ProjectManifest[] => {
  const { projects, names, errors } = parseManifests(text, file);
  if (errors.length > 0 && !(mends && names.every((other) => other === name))) {
    throw new UserError(`mend the file first:\n${errors.join('\n')}`);
  }
  return projects.filter(({ metadata }) => metadata.name !== name);
};

const declaresOnly = (text: string | null, file: string, expected: readonly ProjectManifest[]): boolean => {
  if (text === null) return expected.length === 0;
  const { projects, errors } = parseManifests(text, file);
  const isExpected = (project: ProjectManifest): boolean => expected.some((other) => isSame(project, other));
  return errors.length === 0 && projects.length === expected.length && projects.every(isExpected);
};
