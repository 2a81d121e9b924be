import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { decode } from '../adapters/manifests/decode.ts';
import { isManifestName } from '../adapters/manifests/file-names.ts';
import { messageOf, UserError } from '../api/errors.ts';
import type { Io } from './io.ts';

/** A text of manifests that was named on the command line. */
export interface ManifestText {
  /** Absolute path, for messages and for relative paths in it. */
  readonly file: string;
  readonly text: string;
}

/**
 * The manifests named by `-f`: files, the manifests in directories, and `-` for stdin.
 * @throws UserError when one cannot be read
 */
export const readManifestTexts = async (io: Io, names: readonly string[]): Promise<readonly ManifestText[]> => {
  const texts = [];
  for (const name of names)
    texts.push(...(name === '-' ? [await readStdin(io)] : await readPath(resolve(io.cwd, name))));
  return texts;
};

const readStdin = async (io: Io): Promise<ManifestText> => {
  const file = join(io.cwd, '<stdin>');
  return { file, text: decode(await buffer(io.stdin), file) };
};

const readPath = async (path: string): Promise<readonly ManifestText[]> => {
  try {
    if (!(await stat(path)).isDirectory()) return [{ file: path, text: decode(await readFile(path), path) }];
    const files = (await readdir(path)).filter(isManifestName).sort();
    if (files.length === 0) throw new UserError(`${path} has no manifests (*.json, *.yaml, *.yml)`);
    return await Promise.all(
      files.map((name) => join(path, name)).map(async (file) => ({ file, text: decode(await readFile(file), file) })),
    );
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`cannot read ${path}: ${messageOf(error)}`);
  }
};
