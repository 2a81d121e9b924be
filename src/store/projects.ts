import type { Database } from 'better-sqlite3';
import { type StoreReader, Unreadable } from '../api/ports/store.ts';
import type { ProjectRow } from '../api/project.ts';
import type { StoredProject } from './project-row.ts';
import { rowCache } from './row-cache.ts';

const SELECT = `
  SELECT uid, name, generation, resource_version AS resourceVersion, file, manifest_error AS manifestError,
         created_at AS createdAt, deletion_requested_at AS deletionRequestedAt, deletion_force AS deletionForce,
         admitted_at AS admittedAt, phase, satisfied, labels, annotations, spec, memory
    FROM projects`;

type Reads = Pick<StoreReader, 'project' | 'projectByName' | 'projects' | 'quarantined'>;

/** Projects, one by one or all; a row that cannot be read is its own trouble alone (failure 7). */
export const projectReads = (db: Database): Reads => {
  const byUid = db.prepare<[string], StoredProject>(`${SELECT} WHERE uid = ?`);
  const byName = db.prepare<[string], StoredProject>(`${SELECT} WHERE name = ?`);
  const all = db.prepare<[], StoredProject>(`${SELECT} ORDER BY name`);
  const cache = rowCache();

  const one = (stored: StoredProject | undefined): ProjectRow | null => {
    if (stored === undefined) return null;
    const row = cache.read(stored);
    if (row instanceof Unreadable) throw row;
    return row;
  };
  const each = () => {
    const stored = all.all();
    cache.retain(stored);
    return stored.map((columns) => ({ uid: columns.uid, name: columns.name, row: cache.read(columns) }));
  };
  return {
    project: (uid) => one(byUid.get(uid)),
    projectByName: (name) => one(byName.get(name)),
    projects: () => each().flatMap(({ row }) => (row instanceof Unreadable ? [] : [row])),
    quarantined: () =>
      each().flatMap(({ uid, name, row }) => (row instanceof Unreadable ? [{ uid, name, error: row.message }] : [])),
  };
};
