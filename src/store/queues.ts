import type { Database } from 'better-sqlite3';
import type { QueueEntry, QueueRow, StoreReader, StoreWrites } from '../api/ports/store.ts';
import { phaseOf } from './project-row.ts';

type Reads = Pick<StoreReader, 'queueEntries' | 'queues' | 'dependents' | 'startingBeside' | 'phaseCounts'>;
type Wait = QueueEntry['waitsFor'][number];

interface StoredEntry extends Omit<QueueEntry, 'phase' | 'suspend' | 'deleting' | 'heldByPreflight' | 'waitsFor'> {
  readonly phase: string;
  readonly suspend: number;
  readonly deleting: number;
  readonly heldByPreflight: number;
}

/** What admission reads, from columns and not from specs. */
export const queueReads = (db: Database): Reads => {
  const entries = db.prepare<[string], StoredEntry>(`
    SELECT uid, name, priority, created_at AS createdAt, admitted_at AS admittedAt, phase, suspend,
           deletion_requested_at IS NOT NULL AS deleting,
           -- To parse a memory takes longer than all the rest, and in other phases nobody asks.
           CASE WHEN phase = 'Pending' COLLATE NOCASE AND json_valid(memory)
                THEN coalesce(memory ->> 'preflightFailures', 0) > 0 ELSE 0 END AS heldByPreflight
      FROM projects WHERE queue = ? ORDER BY name`);
  // CASE, because an unreadable row must not end the statement (failure 7): its dependencies are unsatisfied.
  const unsatisfied = db.prepare<[string], Wait & { readonly uid: string }>(`
    SELECT d.uid, d.project, d.condition
      FROM projects p JOIN dependencies d ON d.uid = p.uid
     WHERE p.queue = ?
       AND d.project || '/' || d.condition NOT IN (
             SELECT value FROM json_each(CASE WHEN json_valid(p.satisfied) THEN p.satisfied ELSE '[]' END))`);
  const queues = db.prepare<[], QueueRow>('SELECT name, max_concurrent AS maxConcurrent FROM queues ORDER BY name');
  const dependents = db
    .prepare<[string], string>('SELECT DISTINCT uid FROM dependencies WHERE project = ? ORDER BY uid')
    .pluck();
  const counts = db.prepare<[], { phase: string; queue: string; projects: number }>(`
    SELECT phase COLLATE NOCASE AS phase, queue, count(*) AS projects FROM projects GROUP BY 1, 2`);
  const starting = db
    .prepare<[string], number>("SELECT count(*) FROM projects WHERE phase = 'Starting' COLLATE NOCASE AND uid <> ?")
    .pluck();

  return {
    queueEntries: (queue) => {
      const waits = Map.groupBy(unsatisfied.all(queue), ({ uid }) => uid);
      return entries.all(queue).map((entry) => ({
        ...entry,
        // A phase that cannot be read may stand for a live session: it keeps its place (I9).
        phase: phaseOf(entry.phase) ?? 'Running',
        suspend: entry.suspend === 1,
        deleting: entry.deleting === 1,
        heldByPreflight: entry.heldByPreflight === 1,
        waitsFor: (waits.get(entry.uid) ?? []).map(({ project, condition }) => ({ project, condition })),
      }));
    },
    queues: () => queues.all(),
    dependents: (name) => dependents.all(name),
    phaseCounts: () =>
      counts.all().flatMap((count) => {
        const phase = phaseOf(count.phase);
        return phase === undefined ? [] : [{ ...count, phase }];
      }),
    startingBeside: (uid) => starting.get(uid) ?? 0,
  };
};

export const queueWrites = (db: Database): Pick<StoreWrites, 'setQueues'> => {
  const put = db.prepare<[QueueRow]>(`
    INSERT INTO queues (name, max_concurrent) VALUES (@name, @maxConcurrent)
        ON CONFLICT (name) DO UPDATE SET max_concurrent = excluded.max_concurrent
                           WHERE max_concurrent <> excluded.max_concurrent`);
  const drop = db.prepare<[string]>('DELETE FROM queues WHERE name NOT IN (SELECT value FROM json_each(?))');
  return {
    setQueues: (queues) => {
      drop.run(JSON.stringify(queues.map(({ name }) => name)));
      for (const queue of queues) put.run(queue);
    },
  };
};
