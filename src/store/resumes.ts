import type { Database } from 'better-sqlite3';
import { StoredNow } from '../api/memory-schema.ts';
import type { EndCause } from '../api/memory.ts';
import type { ResumeRow, StoreReader } from '../api/ports/store.ts';
import type { Phase } from '../api/phase.ts';
import { readJson } from './json.ts';
import { phaseOf } from './project-row.ts';

interface Stored extends Omit<ResumeRow, 'outcome' | 'runningSince'> {
  readonly phase: string;
  readonly cause: EndCause | null;
  readonly runningSince: string | null;
}

const outcomeOf = (phase: Phase | undefined, cause: EndCause | null): ResumeRow['outcome'] => {
  switch (phase) {
    case 'Running':
    case 'Completed':
      return 'Well';
    case 'Failed':
      return 'GivenUp';
    case 'BackingOff':
      return 'Failing';
    default:
      // Back in the queue after it died of itself: it waits to be tried again.
      return cause === 'SessionVanished' || cause === 'Exited' ? 'Failing' : 'UnderWay';
  }
};

/** How the Projects do whose newest attempt was a resume. */
export const resumeReads = (db: Database): Pick<StoreReader, 'resumesSince'> => {
  const since = db.prepare<[number], Stored>(`
    SELECT p.uid, p.name, p.phase, a.cause, a.created_at AS resumedAt,
           iif(json_valid(p.memory), p.memory ->> '$.runningSince', NULL) AS runningSince
      FROM attempts a JOIN projects p ON p.uid = a.uid
     WHERE a.resumed = 1 AND a.created_at >= ?
       AND a.attempt = (SELECT max(attempt) FROM attempts b WHERE b.uid = a.uid)
     ORDER BY p.name`);
  return {
    resumesSince: (at) =>
      since.all(at).map(({ phase, cause, runningSince, ...resume }) => ({
        ...resume,
        outcome: outcomeOf(phaseOf(phase), cause),
        runningSince: readJson(StoredNow, runningSince ?? 'null') ?? null,
      })),
  };
};
