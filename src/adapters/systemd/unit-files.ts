import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { orAbsent } from '../absent-file.ts';
import type { Units } from './units.ts';

/** How a unit file stands to what is to be written. */
export type Standing =
  | 'Absent'
  /** It says just that. */
  | 'Same'
  /** Written by us, and by nobody since. */
  | 'Ours'
  /** Somebody has changed it, or it never was ours. */
  | 'Changed';

const HEADER =
  "# Written by tmuxlet install-service. To change it: systemctl edit, or that command's flags.\n# sha256 ";

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** With a header by which it is found out later whether somebody has changed it. */
export const signed = (text: string): string => `${HEADER}${digest(text)}\n\n${text}`;

const isAsSigned = (text: string): boolean => {
  const [, sum, rest] = /^([0-9a-f]+)\n\n([^]*)$/.exec(text.startsWith(HEADER) ? text.slice(HEADER.length) : '') ?? [];
  return rest !== undefined && digest(rest) === sum;
};

export const standingOf = async (folder: string, name: string, text: string): Promise<Standing> => {
  const found = await orAbsent(readFile(join(folder, name), 'utf8'), null);
  if (found === null) return 'Absent';
  if (found === signed(text)) return 'Same';
  return isAsSigned(found) ? 'Ours' : 'Changed';
};

/** Writes a unit. What somebody has changed is kept beside it. Returns the path of that copy, or null. */
export const writeUnit = async (folder: string, name: string, text: string): Promise<string | null> => {
  const file = join(folder, name);
  const kept = (await standingOf(folder, name, text)) === 'Changed' ? freeName(file) : null;
  await mkdir(folder, { recursive: true });
  if (kept !== null) await rename(file, kept);
  await writeFileAtomic(file, signed(text), { mode: 0o644 });
  return kept;
};

/** systemd reads only what ends in the name of a kind of unit. */
const freeName = (file: string, number = 1): string => {
  const name = `${file}.before-${number}`;
  return existsSync(name) ? freeName(file, number + 1) : name;
};

export const removeUnits = (folder: string, units: Units): Promise<unknown> =>
  Promise.all(Object.keys(units).map((name) => rm(join(folder, name), { force: true })));
