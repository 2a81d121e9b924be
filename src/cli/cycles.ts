import { UserError } from '../api/errors.ts';
import type { ProjectManifest } from '../api/manifest.ts';
import { rejectCycles } from '../machines/manifests/cycles.ts';

/** @throws UserError showing the cycle that the wanted manifests would close among themselves and those that are there */
export const refuseCycles = (present: readonly ProjectManifest[], wanted: readonly ProjectManifest[]): void => {
  const cycles = rejectCycles(dependencies(present), dependencies(wanted));
  if (cycles.size === 0) return;
  const lines = [...cycles].map(
    ([name, cycle]) => `project "${name}": dependsOn closes a cycle: ${cycle.join(' -> ')}`,
  );
  throw new UserError(lines.join('\n'));
};

const dependencies = (manifests: readonly ProjectManifest[]): ReadonlyMap<string, readonly string[]> =>
  new Map(manifests.map(({ metadata, spec }) => [metadata.name, spec.dependsOn.map(({ project }) => project)]));
