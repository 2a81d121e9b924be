import { basename } from 'node:path';
import type { Keepsakes } from '../../../src/api/ports/world.ts';
import type { Life } from '../kernel/life.ts';
import { diskError } from '../machine/disk.ts';
import { type Machine, STATE_DIR } from '../machine/machine.ts';

export const LAST_SCREENS = `${STATE_DIR}/archive/sessions`;
export const BACKUPS = `${STATE_DIR}/backups`;

/** Copies of sessions on the simulated disk. */
export const keepsakesOf = ({
  life,
  machine: { disk },
}: {
  readonly life: Life;
  readonly machine: Machine;
}): Keepsakes => {
  const failsAt = (path: string) => [() => diskError('ENOSPC', path), () => diskError('EIO', path)];
  return {
    async keepScreens(name, text) {
      const file = `${LAST_SCREENS}/${checked(name)}.txt`;
      return life.call('keepsakes.keepScreens', {
        effect: () => {
          disk.makeDirectory(LAST_SCREENS);
          disk.replace(file, text);
          return file;
        },
        fails: failsAt(file),
      });
    },

    async keepSession(name, files) {
      const draft = `${BACKUPS}/.${checked(name)}`;
      const entries = Object.entries(files).map(([file, text]) => [`${draft}/${checked(file)}`, text] as const);
      const write = (upTo: number): void => {
        disk.removeDirectory(draft);
        disk.makeDirectory(draft);
        for (const [file, text] of entries.slice(0, upTo)) disk.replace(file, text);
      };
      return life.call('keepsakes.keepSession', {
        effect: () => {
          write(entries.length);
          let folder = `${BACKUPS}/${name}`;
          for (let copy = 2; disk.isDirectory(folder); copy += 1) folder = `${BACKUPS}/${name}.${copy}`;
          disk.renameDirectory(draft, folder);
          return folder;
        },
        fails: failsAt(draft),
        // The disk is full half-way.
        partial: () => {
          write(Math.floor(entries.length / 2));
          throw diskError('ENOSPC', draft);
        },
      });
    },
  };
};

const checked = (name: string): string => {
  if (name === '' || name.startsWith('.') || basename(name) !== name) throw new Error(`"${name}" cannot name a copy`);
  return name;
};
