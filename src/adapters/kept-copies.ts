import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../api/ports/world.ts';
import type { Note } from '../api/note.ts';
import { orAbsent } from './absent-file.ts';

export interface CopyLimits {
  /** What is older is dropped. */
  readonly days: number;
  /** All of a folder together take no more, in bytes; the oldest go first. */
  readonly maxBytes: number;
}

/** A copy of a session in the state directory. */
export interface Copy {
  readonly path: string;
  /** Epoch milliseconds. */
  readonly madeAt: number;
  readonly bytes: number;
}

/** So many stay however old they seem: the clock may be wrong. */
const NEWEST = 10;
const DAY_MS = 24 * 3_600_000;

/** Those that are to go, the oldest first. The newest of all is never among them. */
export const copiesDue = (copies: readonly Copy[], { days, maxBytes }: CopyLimits, now: number): readonly Copy[] => {
  let bytes = 0;
  return copies
    .toSorted((a, b) => b.madeAt - a.madeAt)
    .filter((copy, index) => {
      bytes += copy.bytes;
      const isOld = index >= NEWEST && copy.madeAt < now - days * DAY_MS;
      return isOld || (index > 0 && bytes > maxBytes);
    })
    .toReversed();
};

export interface CopyKeeping {
  readonly limits: CopyLimits;
  readonly clock: Clock;
  readonly note: Note;
}

/** Drops what is too old or too much of a folder. What cannot be dropped is told, and hinders nobody. */
export const dropDueCopies = async (folder: string, { limits, clock, note }: CopyKeeping): Promise<void> => {
  try {
    const due = copiesDue(await copiesIn(folder), limits, clock.now().wallMs);
    for (const { path } of due) await rm(path, { recursive: true, force: true });
    if (due.length > 0) note('info', 'copies dropped', { folder, copies: due.map(({ path }) => path) });
  } catch (error) {
    note('warn', 'copies not dropped', { folder, error });
  }
};

/** A name that ends in the time the copy was made. What people have put beside them is none of ours. */
const NAME = /-(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3}Z)(?:\.\d+)?(?:\.txt)?$/;

const madeAt = (name: string): number => {
  const [, day, hour, minute, second] = NAME.exec(name) ?? [];
  return Date.parse(`${day}${hour}:${minute}:${second}`);
};

const copiesIn = async (folder: string): Promise<readonly Copy[]> => {
  const named = (await orAbsent(readdir(folder), []))
    .map((name) => ({ path: join(folder, name), madeAt: madeAt(name) }))
    .filter((copy) => !Number.isNaN(copy.madeAt));
  return Promise.all(named.map(async (copy) => ({ ...copy, bytes: await bytesOf(copy.path) })));
};

/** Of a file, or of the files in a folder. */
const bytesOf = async (path: string): Promise<number> => {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const sizes = (await readdir(path)).map(async (name) => (await stat(join(path, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};
