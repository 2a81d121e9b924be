import type { Database } from 'better-sqlite3';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';
import type { Run } from '../api/project.ts';

/** Runs of one window in one attempt that are kept; every pass reads them, so that they must stay few. */
const KEPT_RUNS = 10;

export const runReads = (db: Database): Pick<StoreReader, 'runs'> => {
  const all = db.prepare<[string, number], Run>(`
    SELECT uid, attempt, window, run, pid, started_at AS startedAt, ended_at AS endedAt, exit_code AS exitCode,
           last_lines AS lastLines
      FROM runs WHERE uid = ? AND attempt = ? ORDER BY window, run`);
  return { runs: (uid, attempt) => all.all(uid, attempt) };
};

export const runWrites = (db: Database): Pick<StoreWrites, 'putRun'> => {
  const put = db.prepare<[Run]>(`
    INSERT INTO runs (uid, attempt, window, run, pid, started_at, ended_at, exit_code, last_lines)
    VALUES (@uid, @attempt, @window, @run, @pid, @startedAt, @endedAt, @exitCode, @lastLines)
        ON CONFLICT (uid, attempt, window, run) DO UPDATE
       SET pid = coalesce(excluded.pid, pid), started_at = coalesce(excluded.started_at, started_at),
           ended_at = coalesce(excluded.ended_at, ended_at), exit_code = coalesce(excluded.exit_code, exit_code),
           last_lines = coalesce(excluded.last_lines, last_lines)
     WHERE (pid, started_at, ended_at, exit_code, last_lines)
    IS NOT (coalesce(excluded.pid, pid), coalesce(excluded.started_at, started_at),
            coalesce(excluded.ended_at, ended_at), coalesce(excluded.exit_code, exit_code),
            coalesce(excluded.last_lines, last_lines))`);
  const dropOld = db.prepare<[string, number, string, number]>(
    'DELETE FROM runs WHERE uid = ? AND attempt = ? AND window = ? AND run <= ?',
  );
  return {
    putRun: (run) => {
      put.run(run);
      dropOld.run(run.uid, run.attempt, run.window, run.run - KEPT_RUNS);
    },
  };
};
