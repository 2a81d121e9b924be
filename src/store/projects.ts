import type { Database } from 'better-sqlite3';
import { messageOf } from '../api/errors.ts';
import { type StoreReader, Unreadable } from '../api/ports/store.ts';
import type { ProjectRow } from '../api/project.ts';
import { readProject, type StoredProject } from './project-row.ts';

export const PROJECT_COLUMNS = `
  uid, name, generation, resource_version AS resourceVersion, file, manifest_error AS manifestError,
  created_at AS createdAt, deletion_requested_at AS deletionRequestedAt, deletion_force AS deletionForce,
  admitted_at AS admittedAt, phase, labels, annotations, spec, memory`;

/** Projects, one by one or all; a row that cannot be read is its own trouble alone (failure 7). */
export const projectReads = (
  db: Database,
): Pick<StoreReader, 'project' | 'projectByName' | 'projects' | 'quarantined'> => {
  const byUid = db.prepare<[string], StoredProject>(`SELECT ${PROJECT_COLUMNS} FROM projects WHERE uid = ?`);
  const byName = db.prepare<[string], StoredProject>(`SELECT ${PROJECT_COLUMNS} FROM projects WHERE name = ?`);
  const all = db.prepare<[], StoredProject>(`SELECT ${PROJECT_COLUMNS} FROM projects ORDER BY name`);

  const attempts = () => all.all().map((stored) => ({ stored, read: tryRead(stored) }));
  return {
    project: (uid) => readOrNull(byUid.get(uid)),
    projectByName: (name) => readOrNull(byName.get(name)),
    projects: () => attempts().flatMap(({ read }) => (read instanceof Unreadable ? [] : [read])),
    quarantined: () =>
      attempts().flatMap(({ stored, read }) =>
        read instanceof Unreadable ? [{ uid: stored.uid, name: stored.name, error: messageOf(read) }] : [],
      ),
  };
};

const readOrNull = (stored: StoredProject | undefined): ProjectRow | null =>
  stored === undefined ? null : readProject(stored);

const tryRead = (stored: StoredProject): ProjectRow | Unreadable => {
  try {
    return readProject(stored);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
};
