import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Keepsakes } from '../api/ports/world.ts';
import { type CopyKeeping, dropDueCopies } from './kept-copies.ts';

/** How many of one name there may be; more than one come of retries. */
const MOST = 1000;

/**
 * Copies of sessions in the state directory. A copy is whole or not there, and none is ever overwritten. With each that
 * is made, others are dropped that are too old or too much.
 * @param archive  for the last screens of orphans, a file each
 * @param backups  for sessions that are replaced, a folder each
 */
export const openKeepsakes = (archive: string, backups: string, keeping: CopyKeeping): Keepsakes => ({
  async keepScreens(name, text) {
    const file = join(archive, `${checked(name)}.txt`);
    await mkdir(archive, { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, text, { mode: 0o600 });
    await dropDueCopies(archive, keeping);
    return file;
  },

  async keepSession(name, files) {
    await mkdir(backups, { recursive: true, mode: 0o700 });
    const draft = join(backups, `.${checked(name)}`);
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o700 });
    for (const [file, text] of Object.entries(files)) {
      await writeFileAtomic(join(draft, checked(file)), text, { mode: 0o600 });
    }
    const folder = await place(draft, join(backups, name));
    await dropDueCopies(backups, keeping);
    return folder;
  },
});

/** Gives the draft its name, or the next free one after it. */
const place = async (draft: string, folder: string): Promise<string> => {
  for (let copy = 1; copy < MOST; copy += 1) {
    const target = copy === 1 ? folder : `${folder}.${copy}`;
    try {
      // A folder is put in place of an empty one only.
      await rename(draft, target);
      return target;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    }
  }
  throw new Error(`there are ${MOST} copies of ${folder} already`);
};

const checked = (name: string): string => {
  if (name === '' || name.startsWith('.') || basename(name) !== name) throw new Error(`"${name}" cannot name a copy`);
  return name;
};
