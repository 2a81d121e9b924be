import DatabaseFile from 'better-sqlite3';
import { ProjectManifest } from '../../src/api/manifest.ts';
import { type Memory, newMemory } from '../../src/api/memory.ts';
import type { Store } from '../../src/api/ports/store.ts';
import type { Attempt } from '../../src/api/project.ts';

/** A parsed manifest of one window; `spec` overrides what it says. */
export const manifestOf = (name: string, spec: object = {}, metadata: object = {}): ProjectManifest =>
  ProjectManifest.parse({
    apiVersion: 'tmuxlet.dev/v1',
    kind: 'Project',
    metadata: { name, ...metadata },
    spec: { path: '/srv', session: { windows: [{ name: 'main', command: 'sleep 1000' }] }, ...spec },
  });

/** Puts a Project into the store; its uid is `uid-NAME`, which is returned. */
export const addProject = (
  store: Store,
  manifest: ProjectManifest,
  { memory = {}, at = 1000 }: { memory?: Partial<Memory>; at?: number } = {},
): string => {
  const { name } = manifest.metadata;
  const uid = `uid-${name}`;
  store.transaction((writes) =>
    writes.createProject(manifest, `/manifests/${name}.json`, { uid, memory: { ...newMemory, ...memory }, at }),
  );
  return uid;
};

/** The record of an attempt whose session has not been seen yet. */
export const attemptOf = (uid: string, attempt: number, given: Partial<Attempt> = {}): Attempt => ({
  uid,
  attempt,
  shard: 0,
  sessionName: 'web',
  sessionId: null,
  specHash: 'v1-0',
  resumed: false,
  bootId: 'boot',
  server: null,
  createdAt: 1000 * attempt,
  startedAt: null,
  endedAt: null,
  cause: null,
  ...given,
});

/** Changes a database as somebody with the sqlite3 tool would: past the store, its checks and a running controller. */
export const tamper = (path: string, sql: string): void => {
  const db = new DatabaseFile(path);
  db.pragma('ignore_check_constraints = ON');
  db.exec(sql);
  db.close();
};
