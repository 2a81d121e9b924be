import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { knownOwner } from '../../adapters/identity.ts';
import { UserError } from '../../api/errors.ts';
import { type Config, databaseOf } from '../../config.ts';
import { checkDatabase, copyDatabase } from '../../store/backup.ts';
import { VERSION } from '../../version.ts';
import { pack, unpack } from './archive.ts';
import { DATABASE, keptIn, MANIFESTS } from './layout.ts';

export interface Backup {
  /** Absolute path of the archive. */
  readonly file: string;
  readonly bytes: number;
  readonly projects: number;
  readonly manifests: number;
}

/**
 * Packs what a machine needs to be as it is now into one archive, beside a running controller or without one. What
 * was packed is unpacked again and checked before the archive gets its name.
 * @param target absolute; an existing folder, or a file that does not exist yet
 * @throws UserError when there is nothing to back up, or the target cannot be written
 */
export const makeBackup = async (config: Config, target: string, now: Date): Promise<Backup> => {
  const file = isFolder(target) ? join(target, nameAt(now)) : target;
  if (existsSync(file)) throw new UserError(`${file} exists already: give another name, or a folder`);
  if (!isFolder(dirname(file))) throw new UserError(`there is no folder ${dirname(file)}`);
  const work = await mkdtemp(join(tmpdir(), 'tmuxlet-backup-'));
  const unfinished = `${file}.${process.pid}.unfinished`;
  try {
    const packed = join(work, 'packed');
    const kept = keptIn(config);
    mkdirSync(packed, { mode: 0o700 });
    await copyDatabase(databaseOf(config.stateDir), join(packed, DATABASE));
    for (const { path, archived } of kept) {
      mkdirSync(dirname(join(packed, archived)), { recursive: true, mode: 0o700 });
      copyFileSync(path, join(packed, archived));
    }
    const { schema, projects } = checkDatabase(join(packed, DATABASE));
    const { stateDir, manifests } = config;
    const about = { tmuxlet: VERSION, host: hostname(), ownerId: knownOwner(stateDir), stateDir, manifests };
    await pack(packed, { createdAt: now.toISOString(), ...about, schema, projects }, unfinished);
    const again = join(work, 'again');
    await unpack(unfinished, again);
    checkDatabase(join(again, DATABASE));
    renameSync(unfinished, file);
    const count = kept.filter(({ archived }) => archived.startsWith(`${MANIFESTS}/`)).length;
    return { file, bytes: statSync(file).size, projects, manifests: count };
  } finally {
    rmSync(unfinished, { force: true });
    await rm(work, { recursive: true, force: true });
  }
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Sorts by time; no colons, which other file systems do not take. */
const nameAt = (now: Date): string => `tmuxlet-${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z.tar.gz`;
