import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import DatabaseFile, { type Database } from 'better-sqlite3';
import { UserError } from '../api/errors.ts';

/** How long a connection waits for another one's write lock. */
const BUSY_TIMEOUT_MS = 5000;

/** Pages (of 4 KiB) at which a commit checkpoints by itself, should no idle moment ever come for `checkpoint`. */
const LAST_RESORT_PAGES = 16_384;

const STICKY = 0o1000;

/** The controller's connection; makes folder (mode 0700) and file (mode 0600). */
export const connect = (path: string): Database => {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A folder that is sticky is shared on purpose, as the temporary one: its mode is not ours to change.
  if ((statSync(folder).mode & STICKY) === 0) chmodSync(folder, 0o700);
  const db = new DatabaseFile(path, { timeout: BUSY_TIMEOUT_MS });
  return closingOnError(db, () => {
    // Before anything is in it: SQLite gives the files beside it the same mode.
    chmodSync(path, 0o600);
    db.pragma('journal_mode = WAL');
    // FULL would sync the log on every commit (460 us instead of 70), so that a loss of power takes back none of the
    // last commits. NORMAL never damages the database; what it may lose, the sessions' tags and the state files repair
    // as they would a lost database, and the sessions themselves do not survive the loss of power either.
    db.pragma('synchronous = NORMAL');
    // A checkpoint stalls the commit it falls upon by 5 to 120 ms: the controller calls for one when it is idle.
    db.pragma(`wal_autocheckpoint = ${LAST_RESORT_PAGES}`);
    db.pragma('foreign_keys = ON');
    return db;
  });
};

/** A connection that cannot write, beside a running controller or without one. */
export const connectReadonly = (path: string): Database => {
  if (!existsSync(path)) {
    throw new UserError(`there is no database at ${path}: no controller has run with this state directory yet`);
  }
  const db = new DatabaseFile(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  return closingOnError(db, () => {
    // SQLite looks into the file only when it must: whether it is a database shows here and not later.
    db.pragma('schema_version');
    return db;
  });
};

/** Bytes of the header that say "WAL": a database in memory has none, and 1 says rollback journal. */
const JOURNAL_BYTES = [18, 19];

/** A database in memory: empty, or with what another one has at this moment. */
export const connectInMemory = (original: Database | null): Database => {
  const image = original?.serialize();
  if (image !== undefined) for (const byte of JOURNAL_BYTES) image[byte] = 1;
  const db = new DatabaseFile(image);
  db.pragma('foreign_keys = ON');
  return db;
};

/** Makes something of a connection; it does not stay open when that fails. */
export const closingOnError = <T>(db: Database, make: () => T): T => {
  try {
    return make();
  } catch (error) {
    db.close();
    throw error;
  }
};

/** A file that is no database, is damaged, or may not be opened is for people to mend: what SQLite says, and a way on. */
export const refusing = <T>(path: string | null, open: () => T): T => {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof DatabaseFile.SqliteError)) throw error;
    throw new UserError(
      `cannot open the database ${path}: ${error.message}. If it is damaged, move it away: live sessions are ` +
        'adopted from their tags.',
    );
  }
};
