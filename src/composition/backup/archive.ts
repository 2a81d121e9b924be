import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  openSync,
  closeSync,
  fsyncSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { create, extract } from 'tar';
import { z } from 'zod';
import { messageOf, UserError } from '../../api/errors.ts';

/** The archive's own table of contents. */
const CONTENTS = 'backup.json';

/** How a backup is laid out, so that a later version can tell an older one's. */
const VERSION = 1;

const Contents = z.object({
  version: z.literal(VERSION, 'must be 1: a newer tmuxlet made it'),
  /** RFC 3339. */
  createdAt: z.iso.datetime(),
  /** The version of tmuxlet that made it. */
  tmuxlet: z.string(),
  host: z.string(),
  ownerId: z.string().nullable(),
  /** Where it was taken. */
  stateDir: z.string(),
  manifests: z.string(),
  schema: z.int(),
  projects: z.int(),
  /** SHA-256 of every file, by its path in the archive. */
  files: z.record(z.string(), z.string()),
});

export type Contents = z.output<typeof Contents>;

/** Every file below a folder, by path. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

const sha256 = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

const sums = async (folder: string): Promise<Record<string, string>> => {
  const files = filesIn(folder).filter((file) => file !== CONTENTS);
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await sha256(join(folder, file))] as const)),
  );
};

/** Packs a folder into one .tar.gz of mode 0600, on the disk when this returns. */
export const pack = async (folder: string, about: Omit<Contents, 'version' | 'files'>, to: string): Promise<void> => {
  const contents: Contents = { version: VERSION, ...about, files: await sums(folder) };
  writeFileSync(join(folder, CONTENTS), `${JSON.stringify(contents, null, 2)}\n`, { mode: 0o600 });
  // First of all its contents, so that `tar -tzf` and a reader in a hurry find them.
  const files = [CONTENTS, ...Object.keys(contents.files)];
  await create({ cwd: folder, file: to, gzip: true, portable: true, mode: 0o600 }, files);
  const written = openSync(to, 'r');
  fsyncSync(written);
  closeSync(written);
};

/**
 * Unpacks an archive into a folder, and holds every file against its checksum.
 * @throws UserError when it is no backup, is cut short, or something in it is changed, missing or too much
 */
export const unpack = async (file: string, into: string): Promise<Contents> => {
  mkdirSync(into, { recursive: true, mode: 0o700 });
  const problem = (what: string): UserError => new UserError(`${file} is no whole backup: ${what}`);
  try {
    // Links could lead out of the folder; a backup has none.
    const filter = (_: string, entry: { type?: unknown }): boolean =>
      entry.type === 'File' || entry.type === 'Directory';
    // All at once: after an error nothing goes on writing into a folder that is being removed.
    extract({ sync: true, cwd: into, file, strict: true, filter: filter as never, preserveOwner: false });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? new UserError(`there is no file ${file}`)
      : problem(messageOf(error));
  }
  const contents = readContents(join(into, CONTENTS), problem);
  const found = await sums(into);
  const wrong = Object.keys({ ...contents.files, ...found }).filter((name) => found[name] !== contents.files[name]);
  if (wrong.length > 0) throw problem(`${wrong.slice(0, 3).join(', ')} is not as it was packed`);
  return contents;
};

const readContents = (path: string, problem: (what: string) => UserError): Contents => {
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw problem(messageOf(error));
  }
  const { data, error } = Contents.safeParse(text);
  if (error) throw problem(z.prettifyError(error));
  return data;
};
