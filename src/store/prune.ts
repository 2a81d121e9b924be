import type { Database } from 'better-sqlite3';
import type { StoreWrites } from '../api/ports/store.ts';

/** Drops what is old; the newest attempt of a Project is evidence and stays, however long ago it ended. */
export const pruneWrites = (db: Database): Pick<StoreWrites, 'prune'> => {
  const statements = [
    // Acknowledged or expired: a command lives for a day at most.
    'DELETE FROM commands WHERE requested_at < ?',
    'DELETE FROM events WHERE last_at < ?',
    `DELETE FROM attempts
      WHERE ended_at < ? AND attempt < (SELECT max(attempt) FROM attempts newest WHERE newest.uid = attempts.uid)`,
    'DELETE FROM notifications WHERE created_at < ? AND (delivered_at IS NOT NULL OR failed_at IS NOT NULL)',
    "DELETE FROM alerts WHERE pending IS NULL AND told ->> '$.wallMs' < ?",
  ].map((sql) => db.prepare<[number]>(sql));
  return {
    prune: (before) => {
      for (const statement of statements) statement.run(before);
    },
  };
};
