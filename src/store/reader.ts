import type { Database } from 'better-sqlite3';
import type { StoreReader } from '../api/ports/store.ts';
import { alertReads } from './alerts.ts';
import { attemptReads } from './attempts.ts';
import { commandReads } from './commands.ts';
import { eventReads } from './events.ts';
import { manifestReads } from './manifests.ts';
import { orphanReads } from './orphans.ts';
import { notificationReads } from './notifications.ts';
import { mismatchReads } from './mismatches.ts';
import { preflightReads } from './preflights.ts';
import { projectReads } from './projects.ts';
import { queueReads } from './queues.ts';
import { resumeReads } from './resumes.ts';
import { revisionRead } from './revision.ts';
import { runningReads } from './running.ts';
import { runReads } from './runs.ts';
import { settingReads } from './settings.ts';

/** Every read, over statements that are prepared once. */
export const readerOf = (db: Database, now: () => number): StoreReader => {
  // The first counts other connections' commits, the second our own changes: one of them grows with every write.
  const others = db.prepare<[], number>('PRAGMA data_version').pluck();
  const own = db.prepare<[], number>('SELECT total_changes()').pluck();
  return {
    ...projectReads(db),
    ...queueReads(db),
    ...attemptReads(db),
    ...resumeReads(db),
    ...orphanReads(db),
    ...runningReads(db),
    ...runReads(db),
    ...eventReads(db),
    ...commandReads(db, now),
    ...preflightReads(db),
    ...manifestReads(db),
    ...mismatchReads(db),
    ...settingReads(db),
    ...alertReads(db),
    ...notificationReads(db),
    ...revisionRead(db),
    version: () => (others.get() ?? 0) + (own.get() ?? 0),
  };
};
