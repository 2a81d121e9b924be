import { mkdirSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { Name } from '../api/manifest.ts';
import type { LogFile, LogFiles } from '../api/ports/world.ts';
import { orAbsent } from './absent-file.ts';

export interface LogLimits {
  /** A log larger than this is due for rotation, in bytes. */
  readonly maxBytes: number;
  /** How many rotated logs are kept of each, as `.1` (the newest) and so on. */
  readonly keep: number;
}

const SUFFIX = '.log';

/** The logs of windows, `PROJECT/WINDOW.log` below a directory. */
export const openLogFiles = (directory: string, { maxBytes, keep }: LogLimits): LogFiles => {
  const pathOf = (project: string, window: string): string =>
    join(directory, checked(project), `${checked(window)}${SUFFIX}`);

  return {
    pathOf,

    prepare(project, window) {
      const file = pathOf(project, window);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      return file;
    },

    async rotateDue() {
      const entries = await orAbsent(readdir(directory, { recursive: true }), []);
      const logs = entries.flatMap((entry): LogFile[] => {
        const { dir: project, name: window, ext } = parse(entry);
        const isLog = ext === SUFFIX && isName(project) && isName(window);
        return isLog ? [{ project, window }] : [];
      });
      const large = await Promise.all(
        logs.map(async (log) => (await sizeOf(pathOf(log.project, log.window))) > maxBytes),
      );
      return logs.filter((_, index) => large[index]);
    },

    async rotate({ project, window }) {
      const file = pathOf(project, window);
      if (keep === 0) return rm(file, { force: true });
      for (let number = keep - 1; number >= 1; number--) await move(`${file}.${number}`, `${file}.${number + 1}`);
      await move(file, `${file}.1`);
    },
  };
};

const isName = (name: string): boolean => Name.safeParse(name).success;

const checked = (name: string): string => {
  if (!isName(name)) throw new Error(`"${name}" cannot be part of the path of a log`);
  return name;
};

const sizeOf = async (file: string): Promise<number> => (await orAbsent(stat(file), null))?.size ?? 0;

const move = async (from: string, to: string): Promise<void> => {
  await orAbsent(rename(from, to), undefined);
};
