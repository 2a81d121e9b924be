import { createHash } from 'node:crypto';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { UserError } from '../api/errors.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

interface Applied {
  readonly id: number;
  readonly checksum: string;
}

const checksumOf = (migration: Migration): string => createHash('sha256').update(migration.sql).digest('hex');

const CREATE_HISTORY = `CREATE TABLE IF NOT EXISTS migrations (
  id         INTEGER NOT NULL PRIMARY KEY,
  name       TEXT    NOT NULL,
  checksum   TEXT    NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`;

/**
 * Brings a database to the newest schema. An older one is first copied beside itself, so that there is a way back.
 * @throws UserError when the database was made by another history of migrations than this one
 */
export const migrate = (db: Database, now: number, migrations: readonly Migration[] = MIGRATIONS): void => {
  if (pendingMigrations(db, migrations).length === 0) return;
  const applied = appliedMigrations(db);
  if (applied.length > 0 && !db.memory) copyAside(db, applied.length);
  db.transaction(() => {
    db.exec(CREATE_HISTORY);
    const record = db.prepare('INSERT INTO migrations (id, name, checksum, applied_at) VALUES (?, ?, ?, ?)');
    // Asked again inside the transaction: another process may have migrated while this one waited for the lock.
    for (const migration of pendingMigrations(db, migrations)) {
      db.exec(migration.sql);
      record.run(migration.id, migration.name, checksumOf(migration), now);
    }
  }).immediate();
};

/**
 * The migrations this database still lacks.
 * @throws UserError when it has one that is unknown here, or whose text differs
 */
export const pendingMigrations = (
  db: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): readonly Migration[] => {
  const applied = appliedMigrations(db);
  for (const [index, { id, checksum }] of applied.entries()) {
    const known = migrations[index];
    if (known === undefined) throw new UserError(newerSchema(db.name, id, migrations.length));
    if (known.id !== id || checksumOf(known) !== checksum) throw new UserError(otherHistory(db.name, index + 1));
  }
  return migrations.slice(applied.length);
};

const appliedMigrations = (db: Database): readonly Applied[] => {
  const exists = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  return exists === undefined ? [] : db.prepare<[], Applied>('SELECT id, checksum FROM migrations ORDER BY id').all();
};

const asideOf = (path: string, schema: number): string => `${path}.schema-${schema}`;

const copyAside = (db: Database, schema: number): void => {
  const aside = asideOf(db.name, schema);
  rmSync(aside, { force: true });
  db.prepare('VACUUM INTO ?').run(aside);
  chmodSync(aside, 0o600);
};

const newerSchema = (path: string, has: number, knows: number): string =>
  `${path} has schema ${has}, and this tmuxlet knows schemas up to ${knows}: a newer one wrote it. Run that version ` +
  `again; or, ${wayBack(path, knows)}`;

/** The newest copy that this version can read; what the log beside the database holds must not be applied to it. */
const wayBack = (path: string, knows: number): string => {
  const schemas = Array.from({ length: knows }, (_, index) => knows - index);
  const copy = schemas.map((schema) => asideOf(path, schema)).find((each) => existsSync(each));
  if (copy === undefined) return 'since no copy from before the upgrade is there, move the database away: ' + adopted;
  return (
    `to go back to the copy from before the upgrade, with no controller running: rm -f ${path}-wal ${path}-shm && ` +
    `cp ${copy} ${path}. What happened since is then only in the sessions: ${adopted}`
  );
};

const adopted = 'live sessions are adopted from their tags.';

const otherHistory = (path: string, id: number): string =>
  `${path} was made with another migration ${id} than this tmuxlet has: it is from a different build. Run that build ` +
  'again; or, to go back, move the database away, and live sessions are adopted from their tags.';
