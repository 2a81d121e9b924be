import type { Database } from 'better-sqlite3';
import type { ProjectManifest, Spec } from '../api/manifest.ts';
import { StoreConflict, type StoreWrites } from '../api/ports/store.ts';
import { memoryColumns, readSpec } from './project-row.ts';
import { NEXT_VERSION, type VersionedWrite } from './revision.ts';
import { sameJson } from './json.ts';

type Declared = Pick<StoreWrites, 'createProject' | 'updateManifest'>;

interface StoredDeclaration {
  readonly spec: string;
  readonly labels: string;
  readonly annotations: string;
  readonly file: string;
}

/** The half of a Project's row that people write, by way of its manifest. */
export const projectDeclared = (db: Database, write: VersionedWrite): Declared => {
  const insert = db.prepare<[object]>(`
    INSERT INTO projects (uid, name, generation, resource_version, file, created_at,
                          queue, priority, suspend, phase, satisfied, labels, annotations, spec, memory)
    VALUES (@uid, @name, 1, ${NEXT_VERSION}, @file, @at,
            @queue, @priority, @suspend, @phase, @satisfied, @labels, @annotations, @spec, @memory)`);
  const select = db.prepare<[string], StoredDeclaration>(
    'SELECT spec, labels, annotations, file FROM projects WHERE uid = ?',
  );
  // Who waits with a place in one queue has none in another, which may be full.
  const update = db.prepare<[object]>(`
    UPDATE projects
       SET admitted_at = iif(queue <> @queue AND phase = 'Queued' COLLATE NOCASE, NULL, admitted_at),
           generation = generation + @growth, resource_version = ${NEXT_VERSION}, file = @file,
           queue = @queue, priority = @priority, suspend = @suspend,
           labels = @labels, annotations = @annotations, spec = @spec
     WHERE uid = @uid`);
  const clearDependencies = db.prepare<[string]>('DELETE FROM dependencies WHERE uid = ?');
  // The same pair twice in one spec is one dependency.
  const addDependency = db.prepare<[string, string, string]>(
    'INSERT INTO dependencies (uid, project, condition) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const putDependencies = (uid: string, { dependsOn }: Spec): void => {
    clearDependencies.run(uid);
    for (const { project, condition } of dependsOn) addDependency.run(uid, project, condition);
  };

  return {
    createProject: (manifest, file, { uid, memory, at }) => {
      const { name } = manifest.metadata;
      write(insert, { ...columnsOf(manifest), ...memoryColumns(memory), uid, name, file, at });
      putDependencies(uid, manifest.spec);
    },
    updateManifest: (uid, manifest, file) => {
      const stored = select.get(uid);
      if (stored === undefined) throw new StoreConflict(`there is no Project with uid ${uid} any more`);
      const columns = columnsOf(manifest);
      // Compared with every default filled in: an upgrade that adds a field is no change of spec.
      const growth = sameJson(stored.spec, columns.spec, readSpec) ? 0 : 1;
      const same =
        growth === 0 &&
        sameJson(stored.labels, columns.labels) &&
        sameJson(stored.annotations, columns.annotations) &&
        stored.file === file;
      if (same) return;
      write(update, { ...columns, uid, file, growth });
      if (growth > 0) putDependencies(uid, manifest.spec);
    },
  };
};

const columnsOf = ({ metadata, spec }: ProjectManifest) => ({
  queue: spec.queue,
  priority: spec.priority,
  suspend: spec.suspend ? 1 : 0,
  labels: JSON.stringify(metadata.labels ?? {}),
  annotations: JSON.stringify(metadata.annotations ?? {}),
  spec: JSON.stringify(spec),
});
