import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { nextToken } from './tokens.ts';
import { messageOf, UserError } from '../../api/errors.ts';

/** A lock that the kernel holds for this process. */
export interface KernelLock {
  /** Grows with every acquisition by anybody. */
  readonly token: number;
  release(): void;
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);

/** Its first page is read under a shared lock: who is told this has seen that nobody holds the file. */
const isNoLockFile = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code);

/**
 * Takes the lock, or returns null when somebody has it. It is a transaction that stays open on an empty SQLite file:
 * the kernel's lock on that is free moments after its holder was killed. Nothing is ever written into the file, so
 * that to take it waits for no disk, and a loss of power leaves nothing damaged. `token` counts the acquisitions.
 *
 * While it is held this process must neither read nor unlink the file, and must keep the returned object:
 * closing any descriptor of the file, or collecting the connection as garbage, would end the lock unseen.
 */
export const takeKernelLock = (file: string, tokenFile: string): KernelLock | null => {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    const token = nextToken(tokenFile, () => countedWithin(database));
    return { token, release: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    if (isNoLockFile(error)) throw new UserError(`${file} is no lock file: ${messageOf(error)}; move it away`);
    throw error;
  }
};

/** The first versions counted in the file itself, and waited for the disk each time. */
const countedWithin = (database: Database.Database): number => {
  const { tables } = database
    .prepare("SELECT count(*) AS tables FROM sqlite_schema WHERE name = 'acquisitions'")
    .get() as {
    tables: number;
  };
  if (tables === 0) return 0;
  const { token } = database.prepare('SELECT max(id) AS token FROM acquisitions').get() as { token: number | null };
  return token ?? 0;
};

/** Does another process hold the lock? Must not be asked for one that this process holds. */
export const isHeldElsewhere = (file: string): boolean => {
  if (!existsSync(file)) return false;
  const database = new Database(file, { timeout: 0, fileMustExist: true });
  try {
    database.exec('BEGIN IMMEDIATE');
    database.exec('ROLLBACK');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    if (isNoLockFile(error)) return false;
    throw error;
  } finally {
    database.close();
  }
};
