import DatabaseFile, { type Database } from 'better-sqlite3';
import { messageOf } from '../api/errors.ts';
import { Fenced, StoreConflict, type Store, type StoreWrites } from '../api/ports/store.ts';
import { alertWrites } from './alerts.ts';
import { attemptWrites } from './attempts.ts';
import { commandWrites } from './commands.ts';
import { eventWrites } from './events.ts';
import { manifestWrites } from './manifests.ts';
import { orphanWrites } from './orphans.ts';
import { notificationWrites } from './notifications.ts';
import { mismatchWrites } from './mismatches.ts';
import { preflightWrites } from './preflights.ts';
import { projectDeclared } from './project-declared.ts';
import { projectStatus } from './project-status.ts';
import { pruneWrites } from './prune.ts';
import { queueWrites } from './queues.ts';
import { versionedWrites } from './revision.ts';
import { runWrites } from './runs.ts';
import { settingWrites } from './settings.ts';

const writesOf = (db: Database): StoreWrites => {
  const versioned = versionedWrites(db);
  return {
    ...projectDeclared(db, versioned),
    ...projectStatus(db, versioned),
    ...attemptWrites(db, versioned),
    ...runWrites(db),
    ...eventWrites(db, versioned),
    ...orphanWrites(db),
    ...commandWrites(db),
    ...preflightWrites(db),
    ...manifestWrites(db),
    ...mismatchWrites(db),
    ...queueWrites(db),
    ...settingWrites(db),
    ...alertWrites(db),
    ...notificationWrites(db),
    ...pruneWrites(db),
  };
};

/**
 * Takes the next fencing epoch, and returns how to write under it: as soon as another controller has taken a newer
 * one, every transaction throws Fenced and leaves nothing behind (failure 42).
 */
export const takeOver = (db: Database): Store['transaction'] => {
  const epoch = db.prepare<[], number>('UPDATE meta SET epoch = epoch + 1 RETURNING epoch').pluck().get();
  const currentEpoch = db.prepare<[], number>('SELECT epoch FROM meta').pluck();
  const writes = writesOf(db);
  return (work) => {
    const fenced = db.transaction(() => {
      const current = currentEpoch.get();
      if (current !== epoch)
        throw new Fenced(`epoch ${current} has taken over from epoch ${epoch}: this controller ends`);
      return work(writes);
    });
    try {
      return fenced.immediate();
    } catch (error) {
      throw isConflict(error) ? new StoreConflict(messageOf(error), { cause: error }) : error;
    }
  };
};

const CONFLICTS = ['SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_FOREIGNKEY'];

/** A row that is there already, or no longer: what the writer had read is out of date. */
const isConflict = (error: unknown): boolean =>
  error instanceof DatabaseFile.SqliteError && CONFLICTS.includes(error.code);
