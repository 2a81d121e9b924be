import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

/** A lock that the kernel holds for this process. */
export interface KernelLock {
  /** Grows with every acquisition by anybody. */
  readonly token: number;
  release(): void;
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);

/**
 * Takes the lock, or returns null when somebody has it. It is a small SQLite file: its lock is the kernel's
 * and free moments after its holder was killed, and its one row counts the acquisitions.
 *
 * While it is held this process must neither read nor unlink the file, and must keep the returned object:
 * closing any descriptor of the file, or collecting the connection as garbage, would end the lock unseen.
 */
export const takeKernelLock = (file: string): KernelLock | null => {
  const database = new Database(file, { timeout: 0 });
  try {
    // In this mode the lock of a transaction stays with the connection after the commit.
    database.pragma('locking_mode = EXCLUSIVE');
    // Half the time of deleting the journal and making it anew with each acquisition.
    database.pragma('journal_mode = TRUNCATE');
    database.exec('BEGIN EXCLUSIVE');
    database.exec('CREATE TABLE IF NOT EXISTS acquisitions (id INTEGER PRIMARY KEY)');
    database.exec('DELETE FROM acquisitions WHERE id < (SELECT max(id) FROM acquisitions)');
    const { token } = database.prepare('INSERT INTO acquisitions DEFAULT VALUES RETURNING id AS token').get() as {
      token: number;
    };
    database.exec('COMMIT');
    return { token, release: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
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
    throw error;
  } finally {
    database.close();
  }
};
