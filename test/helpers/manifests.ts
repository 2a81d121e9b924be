import { API_VERSION, ProjectManifest } from '../../src/api/manifest.ts';
import { newMemory } from '../../src/api/memory.ts';
import type { SpecFile } from '../../src/api/ports/manifests.ts';
import type { ManifestRow } from '../../src/api/ports/store.ts';
import type { ProjectRow } from '../../src/api/project.ts';
import type { Now } from '../../src/api/time.ts';
import { type ManifestCase, type ManifestPlan, planManifests } from '../../src/machines/manifests/plan.ts';

/** The smallest manifest of a Project, as people write it. */
export const manifestText = (name: string, spec: object = {}): string =>
  `${JSON.stringify({ apiVersion: API_VERSION, kind: 'Project', metadata: { name }, spec: { ...smallest, ...spec } }, null, 2)}\n`;

const smallest = { path: '/tmp', session: { windows: [{ name: 'main', command: 'sleep 1000' }] } };

/** The smallest manifest, read: every default is filled in. */
export const manifestOf = (name: string, spec: object = {}): ProjectManifest =>
  ProjectManifest.parse(JSON.parse(manifestText(name, spec)));

export const goodFile = (file: string, ...projects: readonly ProjectManifest[]): SpecFile => ({
  file,
  hash: JSON.stringify(projects),
  projects,
  names: projects.map(({ metadata }) => metadata.name),
  errors: [],
});

export const brokenFile = (file: string, ...names: readonly string[]): SpecFile => ({
  file,
  hash: `broken ${names.join()}`,
  projects: [],
  names,
  errors: [`${file}:1:1: broken`],
});

/** What is stored, as far as manifests concern it, and plans carried out on it. */
export class ManifestWorld {
  rows: readonly ProjectRow[] = [];
  manifestRows: readonly ManifestRow[] = [];
  now: Now = { wallMs: 1_000_000, monotonicMs: 5000, bootId: 'boot' };

  wait(ms: number): void {
    this.now = { ...this.now, wallMs: this.now.wallMs + ms, monotonicMs: this.now.monotonicMs + ms };
  }

  plan(listing: readonly SpecFile[], given: Partial<ManifestCase> = {}): ManifestPlan {
    return planManifests({
      rows: this.rows,
      unreadable: new Set(),
      previous: this.manifestRows,
      listing,
      now: this.now,
      listedAt: this.now,
      confirmed: false,
      ...given,
    });
  }

  /** Plans and carries the plan out. A new Project's uid is `uid-` and its name and the time. */
  pass(listing: readonly SpecFile[], given: Partial<ManifestCase> = {}): ManifestPlan {
    const plan = this.plan(listing, given);
    const change = (uid: string, fields: Partial<ProjectRow>): void => {
      this.rows = this.rows.map((row) => (row.uid === uid ? { ...row, ...fields } : row));
    };
    for (const { manifest, file } of plan.creates) {
      this.rows = [...this.rows, this.#newRow(manifest, file)];
    }
    for (const { uid, manifest, file } of plan.updates) {
      const { labels = {}, annotations = {} } = manifest.metadata;
      change(uid, { spec: manifest.spec, labels, annotations, file });
    }
    for (const { uid, error } of plan.errors) {
      change(uid, { manifestError: error });
    }
    for (const { uid } of plan.deletes) {
      change(uid, { deletion: { requestedAt: this.now.wallMs, force: false } });
    }
    for (const { uid } of plan.withdrawals) {
      change(uid, { deletion: null });
    }
    this.manifestRows = plan.manifestRows ?? this.manifestRows;
    return plan;
  }

  row(name: string): ProjectRow | undefined {
    return this.rows.find((row) => row.name === name);
  }

  #newRow(manifest: ProjectManifest, file: string): ProjectRow {
    const { name, labels = {}, annotations = {} } = manifest.metadata;
    return {
      uid: `uid-${name}-${this.now.wallMs}`,
      name,
      labels,
      annotations,
      generation: 1,
      resourceVersion: 1,
      spec: manifest.spec,
      file,
      manifestError: null,
      createdAt: this.now.wallMs,
      deletion: null,
      admittedAt: null,
      memory: newMemory,
    };
  }
}

/** The plan asks for no change at all. */
export const isSilent = (plan: ManifestPlan): boolean =>
  [plan.creates, plan.updates, plan.errors, plan.deletes, plan.withdrawals, plan.events].every(
    (list) => list.length === 0,
  ) && plan.manifestRows === null;
