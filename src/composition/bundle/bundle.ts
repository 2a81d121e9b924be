import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { create } from 'tar';
import { messageOf, UserError } from '../../api/errors.ts';
import { databaseOf } from '../../config.ts';
import { readStore } from '../../store/store.ts';
import { type BundleParts, partsOf } from './parts.ts';
import { hideIn, hider, knownSecrets } from './secrets.ts';

export interface Bundle {
  readonly file: string;
  /** What could not be had, and why. */
  readonly missing: readonly string[];
}

/**
 * Packs what a report of a bug needs into one archive, secrets hidden, beside a controller or without one. What cannot
 * be had is left out and named, for a bundle is made where something is broken.
 * @param file absolute, and not there yet
 */
export const makeBundle = async (parts: BundleParts, file: string): Promise<Bundle> => {
  if (existsSync(file)) throw new UserError(`${file} exists already: give another name`);
  const work = await mkdtemp(join(tmpdir(), 'tmuxlet-bundle-'));
  const unfinished = `${file}.${process.pid}.unfinished`;
  try {
    const name = basename(file).replace(/\.(tar\.gz|tgz)$/, '');
    const folder = join(work, name);
    mkdirSync(folder);
    const missing = await write(parts, folder);
    await create({ cwd: work, file: unfinished, gzip: true, portable: true, mode: 0o600 }, [name]);
    renameSync(unfinished, file);
    return { file, missing };
  } finally {
    rmSync(unfinished, { force: true });
    await rm(work, { recursive: true, force: true });
  }
};

const write = async (parts: BundleParts, folder: string): Promise<readonly string[]> => {
  const hide = hider(knownSecrets(parts.config, parts.env, specsIn(parts)));
  const missing: string[] = [];
  for (const [name, make] of Object.entries(partsOf(parts))) {
    try {
      const value = await make();
      const text = typeof value === 'string' ? hide(value) : `${JSON.stringify(hideIn(value, hide), null, 2)}\n`;
      writeFileSync(join(folder, name), text);
    } catch (error) {
      missing.push(`${name}: ${hide(messageOf(error))}`);
    }
  }
  if (missing.length > 0) writeFileSync(join(folder, 'missing.txt'), missing.map((line) => `${line}\n`).join(''));
  return missing;
};

/** As they are stored, secrets and all: nothing of it is written anywhere. */
const specsIn = ({ config }: BundleParts) => {
  if (!existsSync(databaseOf(config.stateDir))) return [];
  const store = openOrNothing(databaseOf(config.stateDir));
  try {
    return store?.projects().map(({ spec }) => spec) ?? [];
  } finally {
    store?.close();
  }
};

/** Where the database cannot be read, nothing of it is told either. */
const openOrNothing = (database: string) => {
  try {
    return readStore(database);
  } catch {
    return null;
  }
};
