import { mkdirSync } from 'node:fs';
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { messageOf } from '../api/errors.ts';
import type { StateFile } from '../api/observation.ts';
import type { StateFileEntry, StateFiles } from '../api/ports/world.ts';
import { absent, present, unknown } from '../api/seen.ts';
import type { Seen } from '../api/seen.ts';
import { orAbsent, saysAbsent } from './absent-file.ts';
import { parseStateFile, printStateFile, projectOfStateFile, stateFileOf } from './state-file-text.ts';

/** Files open at one time when all are read: a process may have some 1,000. */
const AT_ONCE = 32;

/**
 * Projects' state files in a directory, one `NAME.json` each. They are replaced as a whole, so a reader sees
 * the old or the new one; a file that is damaged all the same is Unknown (failures 52, 72).
 */
export const openStateFiles = (directory: string, archiveDirectory: string): StateFiles => {
  for (const each of [directory, archiveDirectory]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const fileOf = (name: string): string => join(directory, stateFileOf(name));

  const read = async (name: string): Promise<Seen<StateFile>> => {
    const file = fileOf(name);
    try {
      return parseStateFile(name, file, await readFile(file, 'utf8'));
    } catch (error) {
      if (!saysAbsent(error)) return unknown(`${file} cannot be read: ${messageOf(error)}`);
      return (await exists(directory)) ? absent : unknown(`the directory ${directory} is gone`);
    }
  };

  return {
    read,

    async list() {
      try {
        const names = (await readdir(directory)).flatMap((file) => projectOfStateFile(file) ?? []).sort();
        const entries: StateFileEntry[] = [];
        for (let from = 0; from < names.length; from += AT_ONCE) {
          const batch = names.slice(from, from + AT_ONCE);
          entries.push(...(await Promise.all(batch.map(async (name) => ({ name, file: await read(name) })))));
        }
        return present(entries);
      } catch (error) {
        return unknown(`${directory} cannot be listed: ${messageOf(error)}`);
      }
    },

    async write(state) {
      await writeFileAtomic(fileOf(state.name), printStateFile(state), { mode: 0o600 });
    },

    async archive(name) {
      const file = fileOf(name);
      const written = (await orAbsent(stat(file), null))?.mtime.toISOString().replaceAll(':', '-');
      if (written !== undefined) await rename(file, join(archiveDirectory, `${name}.${written}.json`));
    },
  };
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
