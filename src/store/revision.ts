import type { Database, Statement } from 'better-sqlite3';
import type { StoreReader } from '../api/ports/store.ts';

/** The next resource version, in SQL: one counter for all rows, so that it orders every write there ever was. */
export const NEXT_VERSION = '(SELECT revision + 1 FROM meta)';

export const revisionRead = (db: Database): Pick<StoreReader, 'revision'> => {
  const revision = db.prepare<[], number>('SELECT revision FROM meta').pluck();
  return { revision: () => revision.get() ?? 0 };
};

/** Runs a statement that writes NEXT_VERSION, and takes that version if a row was written; says whether one was. */
export type VersionedWrite = <V extends object>(statement: Statement<[V]>, values: V) => boolean;

export const versionedWrites = (db: Database): VersionedWrite => {
  const take = db.prepare('UPDATE meta SET revision = revision + 1');
  return (statement, values) => {
    const written = statement.run(values).changes > 0;
    if (written) take.run();
    return written;
  };
};
