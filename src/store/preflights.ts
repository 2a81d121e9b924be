import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { CHECK_RESULTS, type CheckResult, CHECKS } from '../api/check.ts';
import type { PreflightReport } from '../api/decision.ts';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';
import { readJson } from './json.ts';

type StoredReport = Omit<PreflightReport, 'checks'> & { readonly checks: string };

const Checks: z.ZodType<readonly CheckResult[]> = z.array(
  z.object({
    check: z.enum(CHECKS),
    name: z.string(),
    result: z.enum(CHECK_RESULTS),
    message: z.string(),
    remedy: z.string(),
  }),
);

export const preflightReads = (db: Database): Pick<StoreReader, 'preflight'> => {
  const one = db.prepare<[string], StoredReport>('SELECT generation, at, checks FROM preflights WHERE uid = ?');
  return {
    preflight: (uid) => {
      const stored = one.get(uid);
      if (stored === undefined) return null;
      const checks = readJson(Checks, stored.checks);
      // A report that cannot be read is none: the checks run again.
      return checks === undefined ? null : { ...stored, checks };
    },
  };
};

export const preflightWrites = (db: Database): Pick<StoreWrites, 'putPreflight'> => {
  const put = db.prepare<[object]>(`
    INSERT INTO preflights (uid, generation, at, checks) VALUES (@uid, @generation, @at, @checks)
        ON CONFLICT (uid) DO UPDATE SET generation = excluded.generation, at = excluded.at, checks = excluded.checks`);
  return {
    putPreflight: (uid, report) => {
      put.run({ ...report, uid, checks: JSON.stringify(report.checks) });
    },
  };
};
