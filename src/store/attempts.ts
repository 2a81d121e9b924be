import type { Database } from 'better-sqlite3';
import type { AttemptChange } from '../api/decision.ts';
import { StoreConflict, type StoreReader, type StoreWrites } from '../api/ports/store.ts';
import type { Attempt } from '../api/project.ts';
import { NEXT_VERSION, type VersionedWrite } from './revision.ts';

/** Ended attempts beyond the newest so many of a Project are dropped, their runs with them. */
const KEPT_ATTEMPTS = 20;

interface StoredAttempt extends Omit<Attempt, 'resumed' | 'server'> {
  readonly resumed: number;
  readonly serverPid: number | null;
  readonly serverStartTicks: number | null;
}

const COLUMNS = `
  uid, attempt, shard, session_name AS sessionName, session_id AS sessionId, spec_hash AS specHash, resumed,
  boot_id AS bootId, server_pid AS serverPid, server_start_ticks AS serverStartTicks,
  created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt, cause`;

export const attemptReads = (
  db: Database,
): Pick<StoreReader, 'attempts' | 'attempt' | 'openAttempts' | 'openingByShard'> => {
  const all = db.prepare<[string], StoredAttempt>(
    `SELECT ${COLUMNS} FROM attempts WHERE uid = ? ORDER BY attempt DESC`,
  );
  const one = db.prepare<[string, number], StoredAttempt>(
    `SELECT ${COLUMNS} FROM attempts WHERE uid = ? AND attempt = ?`,
  );
  const open = db.prepare<[], StoredAttempt>(
    `SELECT ${COLUMNS} FROM attempts WHERE ended_at IS NULL ORDER BY uid, attempt`,
  );
  const opening = db.prepare<[], { shard: number; starts: number }>(
    'SELECT shard, count(*) AS starts FROM attempts WHERE ended_at IS NULL AND started_at IS NULL GROUP BY shard',
  );
  return {
    attempts: (uid) => all.all(uid).map(readAttempt),
    attempt: (uid, attempt) => {
      const stored = one.get(uid, attempt);
      return stored === undefined ? null : readAttempt(stored);
    },
    openAttempts: () => open.all().map(readAttempt),
    openingByShard: () => new Map(opening.all().map(({ shard, starts }) => [shard, starts])),
  };
};

const readAttempt = ({ serverPid, serverStartTicks, ...stored }: StoredAttempt): Attempt => ({
  ...stored,
  resumed: stored.resumed === 1,
  server: serverPid === null || serverStartTicks === null ? null : { pid: serverPid, startTicks: serverStartTicks },
});

type Seen = NonNullable<AttemptChange['seen']>;

export const attemptWrites = (db: Database, write: VersionedWrite): Pick<StoreWrites, 'applyAttempt'> => {
  const insert = db.prepare<[object]>(`
    INSERT INTO attempts (uid, attempt, shard, session_name, session_id, spec_hash, resumed, boot_id,
                          server_pid, server_start_ticks, created_at, started_at, ended_at, cause)
    VALUES (@uid, @attempt, @shard, @sessionName, @sessionId, @specHash, @resumed, @bootId,
            @serverPid, @serverStartTicks, @createdAt, @startedAt, @endedAt, @cause)
        ON CONFLICT (uid, attempt) DO UPDATE
       SET session_name = excluded.session_name, spec_hash = excluded.spec_hash, boot_id = excluded.boot_id
     WHERE session_id IS NULL AND ended_at IS NULL`);
  // A session whose record was lost with the database is recorded from what was seen of it.
  const putSeen = db.prepare<[object]>(`
    INSERT INTO attempts (uid, attempt, shard, session_name, session_id, spec_hash, resumed, boot_id,
                          server_pid, server_start_ticks, created_at, started_at)
    VALUES (@uid, @attempt, @shard, @sessionName, @sessionId, @specHash, 0, @bootId,
            @serverPid, @serverStartTicks, @startedAt, @startedAt)
        ON CONFLICT (uid, attempt) DO UPDATE
       SET shard = excluded.shard, session_name = excluded.session_name, session_id = excluded.session_id,
           spec_hash = excluded.spec_hash, boot_id = excluded.boot_id, server_pid = excluded.server_pid,
           server_start_ticks = excluded.server_start_ticks, started_at = excluded.started_at,
           ended_at = NULL, cause = NULL
     WHERE (shard, session_name, session_id, spec_hash, boot_id, server_pid, server_start_ticks, started_at, ended_at)
    IS NOT (excluded.shard, excluded.session_name, excluded.session_id, excluded.spec_hash, excluded.boot_id,
            excluded.server_pid, excluded.server_start_ticks, excluded.started_at, NULL)`);
  // The first end of an attempt is the true one; an attempt that was never recorded has none to record.
  const end = db.prepare<[object]>(`
    UPDATE attempts SET ended_at = @endedAt, cause = @cause
     WHERE uid = @uid AND attempt = @attempt AND ended_at IS NULL`);
  const dropOld = db.prepare<[string, number]>(
    'DELETE FROM attempts WHERE uid = ? AND attempt <= ? AND ended_at IS NOT NULL',
  );
  // The Project's status shows its newest attempt, and so changes with it.
  const touch = db.prepare<[object]>(`UPDATE projects SET resource_version = ${NEXT_VERSION} WHERE uid = @uid`);

  /** A start of which nothing was seen may be planned anew; an attempt that had its session may not. */
  const begin = (attempt: Attempt): void => {
    const { changes } = insert.run({ ...attempt, ...serverColumns(attempt), resumed: attempt.resumed ? 1 : 0 });
    if (changes !== 1) throw new StoreConflict(`attempt ${attempt.attempt} of ${attempt.uid} has been used`);
    dropOld.run(attempt.uid, attempt.attempt - KEPT_ATTEMPTS);
  };
  return {
    applyAttempt: (uid, change) => {
      if (change.begin) begin(change.begin);
      const seen = change.seen ? putSeen.run({ ...change.seen, ...serverColumns(change.seen), uid }).changes : 0;
      const ended = change.end ? end.run({ ...change.end, uid }).changes : 0;
      if (change.begin || seen + ended > 0) write(touch, { uid });
    },
  };
};

const serverColumns = ({ server }: Pick<Attempt | Seen, 'server'>) => ({
  serverPid: server?.pid ?? null,
  serverStartTicks: server?.startTicks ?? null,
});
