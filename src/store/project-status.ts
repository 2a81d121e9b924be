import type { Database } from 'better-sqlite3';
import { StoreConflict, type StoreWrites } from '../api/ports/store.ts';
import { memoryColumns } from './project-row.ts';
import { NEXT_VERSION, type VersionedWrite } from './revision.ts';
import { sameJson } from './json.ts';

type Status = Pick<StoreWrites, 'setMemory' | 'setAdmitted' | 'setDeletion' | 'setManifestError' | 'forgetProject'>;

interface Remembered {
  readonly version: number;
  readonly phase: string;
  readonly satisfied: string;
  readonly memory: string;
}

/** The half of a Project's row that the controllers write, one writer a field (failure 19). */
export const projectStatus = (db: Database, write: VersionedWrite): Status => {
  const select = db.prepare<[string], Remembered>(
    'SELECT resource_version AS version, phase, satisfied, memory FROM projects WHERE uid = ?',
  );
  const remember = db.prepare<[object]>(`
    UPDATE projects SET phase = @phase, satisfied = @satisfied, memory = @memory, resource_version = ${NEXT_VERSION}
     WHERE uid = @uid AND resource_version = @expected`);
  const admit = db.prepare<[object]>(`
    UPDATE projects SET admitted_at = @admittedAt, resource_version = ${NEXT_VERSION}
     WHERE uid = @uid AND admitted_at IS NOT @admittedAt`);
  const setDeletion = db.prepare<[object]>(`
    UPDATE projects
       SET deletion_requested_at = @requestedAt, deletion_force = @force, resource_version = ${NEXT_VERSION}
     WHERE uid = @uid AND (deletion_requested_at, deletion_force) IS NOT (@requestedAt, @force)`);
  const setError = db.prepare<[object]>(`
    UPDATE projects SET manifest_error = @error, resource_version = ${NEXT_VERSION}
     WHERE uid = @uid AND manifest_error IS NOT @error`);
  // A command for a Project that is gone is not meant for a later one of its name.
  const dropCommands = db.prepare<[string]>(`
    DELETE FROM commands
     WHERE acknowledged_at IS NULL AND project = (SELECT name FROM projects WHERE uid = ?)`);
  // Attempts, runs, dependencies and the pre-flight report go with the row.
  const forget = db.prepare<[object]>('DELETE FROM projects WHERE uid = @uid');

  return {
    setMemory: (uid, expected, memory) => {
      const stored = select.get(uid);
      if (stored?.version !== expected) throw movedOn(uid, expected, stored?.version);
      const wanted = memoryColumns(memory);
      const same =
        stored.phase === wanted.phase &&
        stored.satisfied === wanted.satisfied &&
        sameJson(stored.memory, wanted.memory);
      if (same) return;
      if (!write(remember, { ...wanted, uid, expected })) throw movedOn(uid, expected, undefined);
    },
    setAdmitted: (uid, admittedAt) => {
      write(admit, { uid, admittedAt });
    },
    setDeletion: (uid, deletion) => {
      write(setDeletion, { uid, requestedAt: deletion?.requestedAt ?? null, force: deletion?.force ? 1 : 0 });
    },
    setManifestError: (uid, error) => {
      write(setError, { uid, error });
    },
    forgetProject: (uid) => {
      dropCommands.run(uid);
      // That it is gone has a version too: whoever watches goes on from there.
      write(forget, { uid });
    },
  };
};

const movedOn = (uid: string, expected: number, found: number | undefined): StoreConflict =>
  new StoreConflict(`the row of ${uid} is no longer at version ${expected} but ${found ?? 'gone'}`);
