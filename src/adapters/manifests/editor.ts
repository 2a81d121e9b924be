import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError } from '../../api/errors.ts';
import type { SpecFile } from '../../api/ports/manifests.ts';
import type { Clock } from '../../api/ports/world.ts';
import { asUserError, editFile, readText } from './edit-file.ts';
import { isSame, withManifest, withoutProject, withSuspend } from './edited-text.ts';
import type { Seen } from '../../api/seen.ts';
import type { List } from './listing.ts';
import { type SingleManifest, splitManifests } from './split.ts';

/** What `apply` did with a manifest, in kubectl's words, and where it is declared now. */
export interface Written {
  readonly file: string;
  readonly result: 'created' | 'configured' | 'unchanged';
}

/**
 * Edits of manifest files. Each is atomic, keeps the file's mode, comments and layout, and changes the one
 * Project it means or nothing. All reject with a UserError when the file cannot be read, edited safely or written.
 */
export interface ManifestEditor {
  /** Declares a Project: in the file that declares it already, else in one of its own. */
  write(manifest: SingleManifest): Promise<Written>;
  /** Sets `spec.suspend`. False when it was so already. */
  setSuspend(file: string, name: string, suspend: boolean): Promise<boolean>;
  /** Takes a Project out of a file, and with the last one the file. False when it was not there. */
  remove(file: string, name: string): Promise<boolean>;
  /** The same, but the manifest is kept in the archive. */
  archive(file: string, name: string): Promise<void>;
}

export interface EditorOptions {
  readonly directory: string;
  /** Where the manifests of finished Projects go. */
  readonly archive: string;
  readonly clock: Clock;
  readonly list: List;
}

export const manifestEditor = ({ directory, archive, clock, list }: EditorOptions): ManifestEditor => ({
  async write(manifest) {
    const { name, project } = manifest;
    const owner = declaringFile(name, await list());
    if (owner === undefined) return { file: await writeNew(directory, manifest), result: 'created' };
    const { file, projects } = owner;
    if (projects.some((current) => isSame(current, project))) return { file, result: 'unchanged' };
    await editFile(file, (text) => withManifest(text, file, manifest));
    return { file, result: 'configured' };
  },

  setSuspend: (file, name, suspend) => editFile(file, (text) => withSuspend(text, file, name, suspend)),

  remove,

  async archive(file, name) {
    const owner = declaringFile(name, await list(), file);
    // Archived already, and only the record of it was lost.
    if (owner === undefined) return;
    const manifest = splitManifests(await readText(owner.file), owner.file).find((single) => single.name === name);
    if (manifest === undefined) return;
    const copy = join(archive, `${name}.${clock.now().wallMs}.${manifest.format}`);
    await asUserError(mkdir(archive, { recursive: true }));
    await asUserError(writeFileAtomic(copy, manifest.text));
    await remove(owner.file, name);
  },
});

const remove = (file: string, name: string): Promise<boolean> =>
  editFile(file, (text) => withoutProject(text, file, name));

/**
 * The file that declares a name, `recorded` before others, for it may have been moved. A broken one that names
 * it counts: an apply may mend it.
 */
export const declaringFile = (
  name: string,
  listing: Seen<readonly SpecFile[]>,
  recorded?: string,
): SpecFile | undefined => {
  if (listing.seen !== 'Present') throw new UserError(listing.seen === 'Unknown' ? listing.reason : 'no manifests');
  const named = listing.value.filter(({ names }) => names.includes(name));
  return named.find(({ file }) => file === recorded) ?? named.find(({ errors }) => errors.length === 0) ?? named[0];
};

const writeNew = async (directory: string, { name, format, text }: SingleManifest): Promise<string> => {
  const file = join(directory, `${name}.${format}`);
  const isTaken = await access(file).then(
    () => true,
    () => false,
  );
  if (isTaken) throw new UserError(`${file} is there already and declares something else; move that to another file`);
  await asUserError(writeFileAtomic(file, text));
  return file;
};
