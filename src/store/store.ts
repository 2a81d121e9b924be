import type { Database } from 'better-sqlite3';
import { UserError } from '../api/errors.ts';
import type { Store, StoreReader } from '../api/ports/store.ts';
import { demandSound, tellingDamage } from './damage.ts';
import { closingOnError, connect, connectInMemory, connectReadonly, refusing } from './connection.ts';
import { migrate, pendingMigrations } from './migrate.ts';
import { observedStore, type StoreObserver } from './observer.ts';
import { readerOf } from './reader.ts';
import { checkSchema } from './schema-check.ts';
import { takeOver } from './writer.ts';

export interface StoreOptions {
  /** Epoch milliseconds; tells which commands have expired. */
  readonly now: () => number;
  /** Default: nobody. */
  readonly observer?: StoreObserver;
}

const systemTime: StoreOptions = { now: Date.now };

/**
 * The controller's store: made or brought to the newest schema if need be, and taken over from any controller that
 * had it before. The caller holds the lock of the state directory.
 * @throws UserError when the file is no database, damaged, from a newer tmuxlet, or changed by hand
 */
export const openStore = (path: string, options: StoreOptions): Store =>
  refusing(path, () => tellingDamage(path, writable(connect(path), options, demandSound)));

/**
 * The store for a process that is not the controller; never writes, and works while a controller does.
 * @throws UserError when there is none, or its schema is not this version's
 */
export const readStore = (
  path: string,
  options: StoreOptions = systemTime,
): StoreReader & { readonly close: () => void } =>
  refusing(path, () => tellingDamage(path, readable(connectReadonly(path), options)));

/**
 * A store in memory for dry runs and plans: a copy of the database as it is now, or an empty one for null. What is
 * written to it is nowhere else.
 * @throws UserError when there is no database at `path`
 */
export const copyStore = (path: string | null, options: StoreOptions = systemTime): Store =>
  refusing(path, () => writable(path === null ? connectInMemory(null) : copyOf(path), options));

const copyOf = (path: string): Database => {
  const file = connectReadonly(path);
  try {
    // Checked here, where what is wrong can be said of the file and not of its copy.
    if (pendingMigrations(file).length === 0) checkSchema(file);
    return connectInMemory(file);
  } finally {
    file.close();
  }
};

const readable = (db: Database, { now }: StoreOptions) =>
  closingOnError(db, () => {
    if (pendingMigrations(db).length > 0) {
      throw new UserError(`${db.name} was made by an older tmuxlet: start the controller once to bring it up to date`);
    }
    return { ...readerOf(db, now), close: () => db.close() };
  });

const writable = (db: Database, { now, observer }: StoreOptions, demand: (db: Database) => void = () => {}): Store =>
  closingOnError(db, () => {
    demand(db);
    migrate(db, now());
    checkSchema(db);
    const store: Store = {
      ...readerOf(db, now),
      transaction: takeOver(db),
      checkpoint: () => {
        db.pragma('wal_checkpoint(PASSIVE)');
      },
      close: () => db.close(),
    };
    return observer ? observedStore(store, observer) : store;
  });
