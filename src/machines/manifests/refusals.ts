import { isDeepStrictEqual } from 'node:util';
import type { ProjectRow } from '../../api/project.ts';
import type { Declaration } from './claims.ts';
import { type Dependencies, rejectCycles } from './cycles.ts';

/** Declarations that would close a cycle of dependsOn are not taken over. By name, the error. */
export const refuseCycles = (
  rows: readonly ProjectRow[],
  declared: ReadonlyMap<string, Declaration>,
): ReadonlyMap<string, string> => {
  const known: Dependencies = new Map(rows.map(({ name, spec }) => [name, dependenciesOf(spec)]));
  const wanted = [...declared].map(([name, { manifest }]) => [name, dependenciesOf(manifest.spec)] as const);
  const changed = new Map(wanted.filter(([name, names]) => !isDeepStrictEqual(known.get(name), names)));
  return new Map(
    [...rejectCycles(known, changed)].map(([name, cycle]) => [
      name,
      `${declared.get(name)?.file}: spec.dependsOn: these wait for each other: ${cycle.join(' -> ')}`,
    ]),
  );
};

const dependenciesOf = (spec: ProjectRow['spec']): readonly string[] => spec.dependsOn.map(({ project }) => project);

/** The errors of files with the refusals of what they declare. */
export const withRefusals = (
  errors: ReadonlyMap<string, readonly string[]>,
  declared: ReadonlyMap<string, Declaration>,
  refused: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> => {
  const all = new Map(errors);
  for (const [name, error] of [...refused].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = declared.get(name)?.file ?? '';
    all.set(file, [...(all.get(file) ?? []), error]);
  }
  return all;
};
