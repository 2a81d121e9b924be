import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../adapters/clock.ts';
import { knownOwner } from '../../adapters/identity.ts';
import { openLocks } from '../../adapters/locks/locks.ts';
import { UserError } from '../../api/errors.ts';
import { type Config, databaseOf } from '../../config.ts';
import { checkDatabase, SCHEMA } from '../../store/backup.ts';
import { openStore } from '../../store/store.ts';
import { takeControllerLock } from '../controller-lock.ts';
import { type Contents, unpack } from './archive.ts';
import { catchUp } from './catch-up.ts';
import { DATABASE, MANIFESTS, manifestsIn, placeOf } from './layout.ts';

export interface Restored {
  readonly contents: Contents;
  /** Where the database is that was there before; null where none was. */
  readonly aside: string | null;
  /** Files that were put back, absolute; what was there stays as it is. */
  readonly putBack: readonly string[];
  /** Projects of which something later than the backup is known. */
  readonly caughtUp: readonly string[];
}

/** What sqlite keeps beside a database. */
const BESIDE = ['', '-wal', '-shm'] as const;

/**
 * Makes the database what it was when a backup was made; all else is put back only where it is missing. Sessions are
 * not touched: the next controller adopts those that live. A dry run checks everything and changes nothing.
 * @throws UserError (exit code 75) while a controller runs; when the backup is not whole, from a newer version, or of
 * another installation
 */
export const restoreBackup = async (given: Config, file: string, dryRun: boolean): Promise<Restored> => {
  const { stateDir } = given;
  const lock = dryRun && !existsSync(stateDir) ? null : takeControllerLock(stateDir, openLocksIn(stateDir));
  // On the disk of the state directory, so that the database gets its place in one step.
  const work = await mkdtemp(join(dryRun ? tmpdir() : stateDir, 'restore-'));
  try {
    const contents = await unpack(file, join(work, 'backup'));
    demandFit(contents, stateDir, file);
    const config = inPlaceOf(contents, given);
    const database = join(work, 'backup', DATABASE);
    const caughtUp = await sayingWhose(database, file, async () => {
      checkDatabase(database);
      return bringUp(database, stateDir, contents, dryRun);
    });
    const missing = missingIn(contents, config);
    const aside = asideOf(databaseOf(stateDir), new Date());
    if (!dryRun) {
      for (const { archived, place } of missing) putBack(join(work, 'backup', archived), place);
      replace(database, databaseOf(stateDir), aside);
    }
    return { contents, aside, putBack: missing.map(({ place }) => place), caughtUp };
  } finally {
    await rm(work, { recursive: true, force: true });
    lock?.release();
  }
};

const openLocksIn = (stateDir: string) => {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  return openLocks(stateDir, systemClock());
};

const demandFit = ({ schema, tmuxlet, ownerId }: Contents, stateDir: string, file: string): void => {
  if (schema > SCHEMA) {
    throw new UserError(
      `${file} has schema ${schema}, and this tmuxlet knows schemas up to ${SCHEMA}: restore it with tmuxlet ${tmuxlet}`,
    );
  }
  const owner = knownOwner(stateDir);
  if (owner !== null && ownerId !== null && owner !== ownerId) {
    throw new UserError(
      `${stateDir} belongs to another installation than ${file} (owner ${owner}, not ${ownerId}), and its sessions ` +
        'would become strangers: restore into an empty --state-dir',
    );
  }
};

/** What is wrong with the unpacked database is told of the backup: the path of the one is soon that of nothing. */
const sayingWhose = async <T>(database: string, file: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const what = error.message.replaceAll(`the database ${database}`, 'it').replaceAll(database, 'it');
    throw new UserError(`the database in ${file} cannot be restored: ${what}`, error.exitCode);
  }
};

/** Under the newest schema, told of what is known to have happened since. */
const bringUp = async (
  database: string,
  stateDir: string,
  { createdAt }: Contents,
  dryRun: boolean,
): Promise<readonly string[]> => {
  const now = Date.now();
  const store = openStore(database, { now: () => now });
  try {
    if (dryRun && !existsSync(stateDir)) return [];
    const caughtUp = await catchUp(store, stateDir, Date.parse(createdAt), now);
    store.transaction((writes) => {
      // What was on its way then was told long ago.
      writes.setAlerting(false);
      const message = `the record is that of ${createdAt} again`;
      writes.recordEvent({ type: 'Warning', reason: 'Restored', message, object: 'Controller' }, now);
    });
    return caughtUp;
  } finally {
    store.close();
  }
};

/** Restored to where it was, its manifests are where they were, too, unless somebody says otherwise. */
const inPlaceOf = ({ stateDir, manifests }: Contents, config: Config): Config =>
  config.sources.manifests === 'default' && stateDir === config.stateDir ? { ...config, manifests } : config;

interface Missing {
  readonly archived: string;
  readonly place: string;
}

/** Manifests belong to people: where there are any, they are what is wanted. */
const missingIn = ({ files }: Contents, config: Config): readonly Missing[] => {
  const hasManifests = manifestsIn(config.manifests).length > 0;
  return Object.keys(files).flatMap((archived) => {
    const place = placeOf(archived, config);
    const isLeft = archived === DATABASE || (hasManifests && archived.startsWith(`${MANIFESTS}/`));
    return isLeft || place === null || existsSync(place) ? [] : [{ archived, place }];
  });
};

const putBack = (from: string, place: string): void => {
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  copyFileSync(from, place);
};

/** Null where nothing is to be kept. */
const asideOf = (database: string, now: Date): string | null =>
  existsSync(database) ? `${database}.before-restore-${now.toISOString().replaceAll(':', '-')}` : null;

const replace = (from: string, database: string, aside: string | null): void => {
  if (aside !== null) {
    for (const end of BESIDE) if (existsSync(`${database}${end}`)) renameSync(`${database}${end}`, `${aside}${end}`);
  }
  for (const end of BESIDE) rmSync(`${database}${end}`, { force: true });
  renameSync(from, database);
};
