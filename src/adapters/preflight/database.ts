import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { CheckResult } from '../../api/check.ts';
import { messageOf } from '../../api/errors.ts';
import { outcomesOf } from './outcome.ts';

const { pass, fail } = outcomesOf('database');

/** Bytes of the header that say "WAL"; 1 says rollback journal, which is all that a database in memory can have. */
const JOURNAL_BYTES = [18, 19];

/** Reads and leaves nothing behind: SQLite would make its two files beside a database that nobody has open. */
const openUntouched = (path: string): Database.Database => {
  if (existsSync(`${path}-wal`)) return new Database(path, { readonly: true, fileMustExist: true, timeout: 1000 });
  const image = readFileSync(path);
  for (const byte of JOURNAL_BYTES) image[byte] = 1;
  return new Database(image);
};

const reading = <T>(path: string, read: (database: Database.Database) => T): T => {
  const database = openUntouched(path);
  try {
    return read(database);
  } finally {
    database.close();
  }
};

/** Reads the whole database: not for a moment when others wait. */
export const checkDatabase = (path: string): CheckResult => {
  if (!existsSync(path)) return pass(`there is none yet at ${path}: the controller makes it`);
  const remedy = 'move it away while no controller runs: live sessions are adopted from their tags and state files';
  try {
    const said = reading(path, (database) => database.pragma('quick_check(3)', { simple: true }));
    return said === 'ok' ? pass(`${path} is sound`) : fail(`${path} is damaged: ${String(said)}`, remedy);
  } catch (error) {
    return fail(`${path} cannot be read: ${messageOf(error)}`, remedy);
  }
};

/** When the newest event was recorded, epoch milliseconds; null when that cannot be told. */
export const newestEventAt = (path: string): number | null => {
  if (!existsSync(path)) return null;
  try {
    return reading(path, (database) => database.prepare('SELECT max(last_at) FROM events').pluck().get()) as
      | number
      | null;
  } catch {
    // What is wrong with the database is told by its own check.
    return null;
  }
};
