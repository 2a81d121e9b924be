import type { ProjectManifest } from '../../api/manifest.ts';
import type { SpecFile } from '../../api/ports/manifests.ts';
import type { ProjectRow } from '../../api/project.ts';

/** The one good declaration of a name. */
export interface Declaration {
  readonly manifest: ProjectManifest;
  readonly file: string;
}

/** Who declares which name, when every file is looked at together. */
export interface Claims {
  readonly declared: ReadonlyMap<string, Declaration>;
  /** Projects whose manifest is broken at the moment: they stay as they are (I6). By name, the errors. */
  readonly held: ReadonlyMap<string, string>;
  /** What is wrong with a file only because of another one, by file. */
  readonly errors: ReadonlyMap<string, readonly string[]>;
}

/**
 * A name belongs to the file recorded in the row while that file still claims it, broken or not; else to
 * the first good file by name. So moving or swapping files changes no identity, and a copy takes nothing over.
 */
export const resolveClaims = (rows: readonly ProjectRow[], listing: readonly SpecFile[]): Claims => {
  const files = listing.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const broken = files.filter(isBroken);
  const good = goodClaims(files);
  const rowsByName = new Map(rows.map((row) => [row.name, row]));

  const declared = new Map<string, Declaration>();
  const held = new Map<string, string>();
  const errors = new Map<string, string[]>();
  for (const name of new Set([...good.keys(), ...rowsByName.keys()])) {
    const row = rowsByName.get(name);
    const claims = good.get(name) ?? [];
    const holder = row && brokenHolder(row, broken, claims.length > 0);
    const keeper = holder ? undefined : (claims.find(({ file }) => file === row?.file) ?? claims[0]);
    if (holder) {
      held.set(name, holder.errors.join('\n'));
    } else if (keeper) {
      declared.set(name, keeper);
    }
    for (const { file } of claims.filter((claim) => claim !== keeper)) {
      const error = `${file}: metadata.name: "${name}" is already declared by ${(holder ?? keeper)?.file}`;
      errors.set(file, [...(errors.get(file) ?? []), error]);
    }
  }
  return { declared, held, errors };
};

export const isBroken = (file: SpecFile): boolean => file.errors.length > 0;

const goodClaims = (files: readonly SpecFile[]): ReadonlyMap<string, Declaration[]> => {
  const claims = new Map<string, Declaration[]>();
  for (const { file, projects } of files.filter((candidate) => !isBroken(candidate))) {
    for (const manifest of projects) {
      const { name } = manifest.metadata;
      claims.set(name, [...(claims.get(name) ?? []), { manifest, file }]);
    }
  }
  return claims;
};

/** The broken file that keeps a Project as it is: its own, else, where no good file declares it, one that names it. */
const brokenHolder = (row: ProjectRow, broken: readonly SpecFile[], elsewhere: boolean): SpecFile | undefined =>
  broken.find(({ file }) => file === row.file) ??
  (elsewhere ? undefined : broken.find(({ names }) => names.includes(row.name)));
