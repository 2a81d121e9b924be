import {
  parseStateFile,
  printStateFile,
  projectOfStateFile,
  stateFileOf,
} from '../../../src/adapters/state-file-text.ts';
import { messageOf } from '../../../src/api/errors.ts';
import type { StateFile } from '../../../src/api/observation.ts';
import type { StateFileEntry, StateFiles } from '../../../src/api/ports/world.ts';
import { absent, present, type Seen, unknown } from '../../../src/api/seen.ts';
import type { Life } from '../kernel/life.ts';
import { diskError } from '../machine/disk.ts';
import { type Machine, STATE_DIR } from '../machine/machine.ts';

export const STATE_FILES = `${STATE_DIR}/state`;
export const OLD_STATE_FILES = `${STATE_DIR}/archive/state`;

/** State files on the simulated disk. */
export const stateFilesOf = ({
  life,
  machine: { disk },
}: {
  readonly life: Life;
  readonly machine: Machine;
}): StateFiles => {
  for (const directory of [STATE_FILES, OLD_STATE_FILES]) disk.makeDirectory(directory);
  const fileOf = (name: string): string => `${STATE_FILES}/${stateFileOf(name)}`;

  const look = (name: string): Seen<StateFile> => {
    const file = fileOf(name);
    const there = disk.file(file);
    if (there !== null) return parseStateFile(name, file, there.text);
    if (disk.isThere(file)) return unknown(`${file} cannot be read`);
    return disk.isDirectory(STATE_FILES) ? absent : unknown(`the directory ${STATE_FILES} is gone`);
  };
  const names = (): readonly string[] => disk.list(STATE_FILES).flatMap((file) => projectOfStateFile(file) ?? []);

  return {
    async read(name) {
      const file = fileOf(name);
      const fails = [() => diskError('EIO', file), () => diskError('EMFILE', file)];
      try {
        return await life.call('stateFiles.read', { effect: () => look(name), fails, reads: true });
      } catch (error) {
        return unknown(`${file} cannot be read: ${messageOf(error)}`);
      }
    },

    async list() {
      const read = (entryOf: (name: string, index: number) => Seen<StateFile>) => (): Seen<readonly StateFileEntry[]> =>
        present(names().map((name, index) => ({ name, file: entryOf(name, index) })));
      try {
        return await life.call('stateFiles.list', {
          effect: read(look),
          fails: [() => diskError('EMFILE', STATE_FILES)],
          reads: true,
          // Every other one cannot be read.
          partial: read((name, index) => (index % 2 === 0 ? unknown(`${name}.json cannot be read: EIO`) : look(name))),
        });
      } catch (error) {
        return unknown(`${STATE_FILES} cannot be listed: ${messageOf(error)}`);
      }
    },

    async write(state) {
      const file = fileOf(state.name);
      const text = printStateFile(state);
      await life.call('stateFiles.write', {
        effect: () => disk.replace(file, text),
        fails: [() => diskError('ENOSPC', file), () => diskError('EIO', file)],
      });
    },

    async archive(name) {
      const file = fileOf(name);
      await life.call('stateFiles.archive', {
        effect: () => {
          const written = disk.file(file)?.writtenAt;
          if (written === undefined) return;
          disk.rename(file, `${OLD_STATE_FILES}/${name}.${new Date(written).toISOString().replaceAll(':', '-')}.json`);
        },
        fails: [() => diskError('EIO', file)],
      });
    },
  };
};
