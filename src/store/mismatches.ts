import { isDeepStrictEqual } from 'node:util';
import type { Database } from 'better-sqlite3';
import { MISMATCH_TYPES, type Mismatch, type StandingMismatch } from '../api/mismatch.ts';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';

type StoredMismatch = Mismatch & Omit<StandingMismatch, 'mismatch'>;

export const mismatchReads = (db: Database): Pick<StoreReader, 'mismatches'> => {
  const all = db.prepare<[], StoredMismatch>(
    `SELECT type, subject, decision, severity, message, uid, since, passes, counted_at AS countedAt,
            alerted_at AS alertedAt, cleared_at AS clearedAt
       FROM mismatches ORDER BY subject, type`,
  );
  return { mismatches: () => all.all().filter(isKnown).map(readMismatch) };
};

/** What a later version has written, this one does not know; should it find it, it is told anew. */
const isKnown = ({ type }: StoredMismatch): boolean => MISMATCH_TYPES.includes(type);

const readMismatch = ({ since, passes, countedAt, alertedAt, clearedAt, ...mismatch }: StoredMismatch) => ({
  mismatch,
  since,
  passes,
  countedAt,
  alertedAt,
  clearedAt,
});

export const mismatchWrites = (db: Database): Pick<StoreWrites, 'replaceMismatches'> => {
  const { mismatches } = mismatchReads(db);
  const put = db.prepare<[object]>(`
    INSERT OR REPLACE INTO mismatches
           (type, subject, decision, severity, message, uid, since, passes, counted_at, alerted_at, cleared_at)
    VALUES (@type, @subject, @decision, @severity, @message, @uid, @since, @passes, @countedAt, @alertedAt, @clearedAt)`);
  const drop = db.prepare<[string, string]>('DELETE FROM mismatches WHERE type = ? AND subject = ?');
  return {
    replaceMismatches: (standing) => {
      const stored = new Map(mismatches().map((each) => [keyOf(each), each]));
      for (const each of standing) {
        const before = stored.get(keyOf(each));
        stored.delete(keyOf(each));
        const { mismatch, ...counts } = each;
        if (!isDeepStrictEqual(before, each)) put.run({ ...mismatch, ...counts });
      }
      for (const { mismatch } of stored.values()) drop.run(mismatch.type, mismatch.subject);
    },
  };
};

const keyOf = ({ mismatch }: StandingMismatch): string => `${mismatch.subject} ${mismatch.type}`;
