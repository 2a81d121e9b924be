import type { Database } from 'better-sqlite3';
import type { RunningSession, StoreReader } from '../api/ports/store.ts';

interface Stored extends Omit<RunningSession, 'server'> {
  readonly pid: number | null;
  readonly startTicks: number | null;
}

/** Which sessions the rows say are running, read from columns alone. */
export const runningReads = (db: Database): Pick<StoreReader, 'runningSessions'> => {
  const all = db.prepare<[], Stored>(`
    SELECT p.uid, a.shard, a.session_id AS sessionId, a.server_pid AS pid, a.server_start_ticks AS startTicks
      FROM projects p LEFT JOIN attempts a ON a.uid = p.uid AND a.ended_at IS NULL
     WHERE p.phase = 'Running' COLLATE NOCASE`);
  return {
    runningSessions: () =>
      all.all().map(({ pid, startTicks, ...session }) => ({
        ...session,
        server: pid === null || startTicks === null ? null : { pid, startTicks },
      })),
  };
};
