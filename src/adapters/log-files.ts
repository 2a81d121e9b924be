import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { copyFile, readdir, rename, stat } from 'node:fs/promises';
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
      for (let number = keep - 1; number >= 1; number--) await move(`${file}.${number}`, `${file}.${number + 1}`);
      await orAbsent(moveContent(file, keep === 0 ? null : `${file}.1`), undefined);
    },
  };
};

/**
 * The pane's pipe appends to the file it has open, and tmux drops what is queued when a pipe is replaced: so the
 * content is moved out of the file, and the pipe is left alone. What arrives while it is copied is copied too;
 * only between the last look and the cut, some microseconds, can a write be lost.
 */
const moveContent = async (file: string, to: string | null): Promise<void> => {
  if (to !== null) await copyFile(file, to);
  const from = openSync(file, 'r+');
  const into = to === null ? null : openSync(to, 'a');
  try {
    if (into !== null) catchUp(from, into);
    ftruncateSync(from, 0);
  } finally {
    closeSync(from);
    if (into !== null) closeSync(into);
  }
};

const CHUNK_BYTES = 64 * 1024;

/** Copies what the one file has beyond the other's length, until a look finds nothing more. */
const catchUp = (from: number, into: number): void => {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let at = fstatSync(into).size;
  for (let read = -1; read !== 0; at += read) {
    read = readSync(from, chunk, 0, CHUNK_BYTES, at);
    writeSync(into, chunk, 0, read);
  }
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
