import { chmodSync } from 'node:fs';
import DatabaseFile, { type Database } from 'better-sqlite3';
import { UserError } from '../api/errors.ts';
import { connectReadonly, refusing } from './connection.ts';
import { pendingMigrations } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { readStore } from './store.ts';

/** The newest schema that this version knows. */
export const SCHEMA = MIGRATIONS.length;

/** More than any database has: all in one step, for a copy in parts begins anew with every commit of another process. */
const ALL_PAGES = 2 ** 30;

/**
 * Copies a database as it is at one moment, while a controller writes to it or none does. The copy is one file of
 * mode 0600, with no log beside it.
 * @throws UserError when there is none, or it cannot be read
 */
export const copyDatabase = async (path: string, to: string): Promise<void> => {
  const db = refusing(path, () => connectReadonly(path));
  try {
    await db.backup(to, { progress: () => ALL_PAGES });
  } finally {
    db.close();
  }
  chmodSync(to, 0o600);
  const copy = new DatabaseFile(to);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
};

/** What a copy was found to be. */
export interface Checked {
  readonly schema: number;
  /** Projects whose row can be read. */
  readonly projects: number;
}

/**
 * Reads all of a database and holds it against its own rules.
 * @throws UserError when it is damaged, of another history of schemas, or of a newer one than this version knows
 */
export const checkDatabase = (path: string): Checked =>
  refusing(path, () => {
    const db = connectReadonly(path);
    try {
      const damage = [...(db.pragma('integrity_check', { simple: false }) as readonly { integrity_check: string }[])]
        .map(({ integrity_check }) => integrity_check)
        .filter((line) => line !== 'ok');
      if (damage.length > 0) throw new UserError(`${path} is damaged: ${damage.slice(0, 3).join('; ')}`);
      const lost = db.pragma('foreign_key_check') as readonly unknown[];
      if (lost.length > 0) throw new UserError(`${path} is damaged: ${lost.length} rows belong to nothing`);
      const pending = pendingMigrations(db).length;
      return { schema: SCHEMA - pending, projects: pending === 0 ? readable(path) : rows(db) };
    } finally {
      db.close();
    }
  });

/** As every other reader opens it. */
const readable = (path: string): number => {
  const store = readStore(path);
  try {
    return store.projects().length;
  } finally {
    store.close();
  }
};

/** Of an older schema, which readers of this version do not understand. */
const rows = (db: Database): number => db.prepare<[], number>('SELECT count(*) FROM projects').pluck().get() ?? 0;
