import DatabaseFile, { type Database } from 'better-sqlite3';
import { UserError } from '../api/errors.ts';
import { migrate } from './migrate.ts';

/**
 * Compares what is in the file with what the migrations make: a column that somebody added or dropped by hand is
 * found at start, not by a loop that fails on every pass (failure 32).
 * @throws UserError naming what differs
 */
export const checkSchema = (db: Database): void => {
  const fresh = new DatabaseFile(':memory:');
  try {
    migrate(fresh, 0);
    const expected = schemaOf(fresh);
    const found = schemaOf(db);
    const names = [...new Set([...expected.keys(), ...found.keys()])].sort();
    const odd = names.filter((name) => expected.get(name) !== found.get(name));
    if (odd.length === 0) return;
    throw new UserError(
      `${db.name} differs from its schema in ${odd.join(', ')}: something else has changed it. Undo that change; ` +
        'or move the database away, and live sessions are adopted from their tags.',
    );
  } finally {
    fresh.close();
  }
};

/** The text of every table and index, by `table NAME` or `index NAME`; SQLite's own are left out. */
const schemaOf = (db: Database): ReadonlyMap<string, string> => {
  const rows = db
    .prepare<[], { what: string; sql: string }>(
      "SELECT type || ' ' || name AS what, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .all();
  return new Map(rows.map((row) => [row.what, row.sql]));
};
