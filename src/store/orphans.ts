import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { StoredNow } from '../api/memory-schema.ts';
import { ORPHAN_VERDICTS, type OrphanRow } from '../api/orphan.ts';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';
import { readJson } from './json.ts';

type StoredOrphan = Omit<OrphanRow, 'firstSeen' | 'lastSeen' | 'verdict'> &
  Readonly<Record<'firstSeen' | 'lastSeen' | 'verdict', string>>;

const Verdict = z.enum(ORPHAN_VERDICTS);

export const orphanReads = (db: Database): Pick<StoreReader, 'orphans' | 'orphan'> => {
  const select = `
    SELECT shard, session_id AS sessionId, created_at AS createdAt, uid, name, project, first_seen AS firstSeen,
           last_seen AS lastSeen, count, verdict, message
      FROM orphans`;
  const all = db.prepare<[], StoredOrphan>(`${select} ORDER BY shard, session_id`);
  const one = db.prepare<[number, string], StoredOrphan>(`${select} WHERE shard = ? AND session_id = ?`);
  return {
    orphans: () => all.all().flatMap(readOrphan),
    orphan: (shard, sessionId) => one.all(shard, sessionId).flatMap(readOrphan)[0] ?? null,
  };
};

/** A record that cannot be read is none: its grace begins anew. */
const readOrphan = (stored: StoredOrphan): readonly OrphanRow[] => {
  const firstSeen = readJson(StoredNow, stored.firstSeen);
  const lastSeen = readJson(StoredNow, stored.lastSeen);
  const verdict = Verdict.safeParse(stored.verdict).data;
  return firstSeen && lastSeen && verdict ? [{ ...stored, firstSeen, lastSeen, verdict }] : [];
};

export const orphanWrites = (db: Database): Pick<StoreWrites, 'putOrphan' | 'forgetOrphan'> => {
  const put = db.prepare<[object]>(`
    INSERT OR REPLACE INTO orphans
           (shard, session_id, created_at, uid, name, project, first_seen, last_seen, count, verdict, message)
    VALUES (@shard, @sessionId, @createdAt, @uid, @name, @project, @firstSeen, @lastSeen, @count, @verdict, @message)`);
  const forget = db.prepare<[number, string]>('DELETE FROM orphans WHERE shard = ? AND session_id = ?');
  return {
    putOrphan: (row) => {
      put.run({ ...row, firstSeen: JSON.stringify(row.firstSeen), lastSeen: JSON.stringify(row.lastSeen) });
    },
    forgetOrphan: (shard, sessionId) => {
      forget.run(shard, sessionId);
    },
  };
};
