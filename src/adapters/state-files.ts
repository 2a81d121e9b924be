import { mkdirSync } from 'node:fs';
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { messageOf } from '../api/errors.ts';
import { Name } from '../api/manifest.ts';
import { readMemory } from '../api/memory-schema.ts';
import type { StateFile } from '../api/observation.ts';
import type { StateFileEntry, StateFiles } from '../api/ports/world.ts';
import { absent, present, unknown } from '../api/seen.ts';
import type { Seen } from '../api/seen.ts';
import { orAbsent, saysAbsent } from './absent-file.ts';

/** How a state file is written, so that a later version can tell an older one's. */
const VERSION = 1;

/** Files open at one time when all are read: a process may have some 1,000. */
const AT_ONCE = 32;

const Stored = z.object({
  version: z.literal(VERSION),
  uid: z.string().min(1),
  name: Name,
  attempt: z.int().nonnegative(),
  shard: z.int().nonnegative().nullable(),
  sessionName: z.string().min(1).nullable(),
  memory: z.unknown().transform((stored, context) => {
    try {
      return readMemory(stored);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error),
      });
      return z.NEVER;
    }
  }),
});

/**
 * Projects' state files in a directory, one `NAME.json` each. They are replaced as a whole, so a reader sees
 * the old or the new one; a file that is damaged all the same is Unknown (failures 52, 72).
 */
export const openStateFiles = (directory: string, archiveDirectory: string): StateFiles => {
  for (const each of [directory, archiveDirectory]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const fileOf = (name: string): string => {
    if (!Name.safeParse(name).success) throw new Error(`"${name}" cannot be the name of a state file`);
    return join(directory, `${name}.json`);
  };

  const read = async (name: string): Promise<Seen<StateFile>> => {
    const file = fileOf(name);
    try {
      return parse(name, file, await readFile(file, 'utf8'));
    } catch (error) {
      if (!saysAbsent(error)) return unknown(`${file} cannot be read: ${messageOf(error)}`);
      return (await exists(directory)) ? absent : unknown(`the directory ${directory} is gone`);
    }
  };

  return {
    read,

    async list() {
      try {
        const names = (await readdir(directory)).flatMap(nameIn).sort();
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
      const text = `${JSON.stringify({ version: VERSION, ...state }, null, 2)}\n`;
      await writeFileAtomic(fileOf(state.name), text, { mode: 0o600 });
    },

    async archive(name) {
      const file = fileOf(name);
      const written = (await orAbsent(stat(file), null))?.mtime.toISOString().replaceAll(':', '-');
      if (written !== undefined) await rename(file, join(archiveDirectory, `${name}.${written}.json`));
    },
  };
};

/** What is named otherwise, such as a file that is being written, is no state file. */
const nameIn = (file: string): readonly string[] => {
  const name = file.endsWith('.json') ? file.slice(0, -'.json'.length) : '';
  return Name.safeParse(name).success ? [name] : [];
};

const parse = (name: string, file: string, text: string): Seen<StateFile> => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return unknown(`${file} is torn: ${messageOf(error)}`);
  }
  const { data, error } = Stored.safeParse(json);
  if (error !== undefined) return unknown(`${file} is no state file: ${z.prettifyError(error)}`);
  if (data.name !== name) return unknown(`${file} is the state of another Project, "${data.name}"`);
  const { version: _, ...state } = data;
  return present(state);
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
