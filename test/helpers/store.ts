import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectManifest } from '../../src/api/manifest.ts';
import { type Memory, newMemory } from '../../src/api/memory.ts';
import type { Store } from '../../src/api/ports/store.ts';

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

/** A state directory for the length of one test: the path of a database yet to be made, and how to remove all. */
export const temporaryDatabase = (): { readonly path: string; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), 'tmuxlet-store-'));
  return { path: join(folder, 'tmuxlet.db'), remove: () => rmSync(folder, { recursive: true, force: true }) };
};
