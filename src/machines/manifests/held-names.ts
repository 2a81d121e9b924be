import type { SpecFile } from '../../api/ports/manifests.ts';
import type { ManifestRow } from '../../api/ports/store.ts';
import type { ProjectRow } from '../../api/project.ts';
import { isBroken } from './claims.ts';

/**
 * The listing with all the names that its broken files may hold, for of a torn file even names may be lost (I6): those
 * that such a file held when it was last in order; and those of Projects that no file names any more just when it
 * broke, for their manifests may have been moved there. Remembered with the file, they stay until it is in order.
 */
export const withNamesHeld = (
  listing: readonly SpecFile[],
  previous: ReadonlyMap<string, ManifestRow>,
  rows: readonly ProjectRow[],
): readonly SpecFile[] => {
  const held = listing.map((file) => (isBroken(file) ? withNames(file, previous.get(file.file)?.names ?? []) : file));
  const named = new Set(held.flatMap(({ names }) => names));
  const broken = new Set(held.filter(isBroken).map(({ file }) => file));
  const lost = rows.filter(({ name, file, deletion }) => deletion === null && !named.has(name) && !broken.has(file));
  if (lost.length === 0) return held;
  return held.map((file) =>
    isBroken(file) && hasChanged(file, previous.get(file.file))
      ? withNames(
          file,
          lost.map(({ name }) => name),
        )
      : file,
  );
};

const withNames = (file: SpecFile, names: readonly string[]): SpecFile => ({
  ...file,
  names: [...new Set([...file.names, ...names])],
});

const hasChanged = ({ hash }: SpecFile, before: ManifestRow | undefined): boolean =>
  before === undefined || before.hash !== hash || before.errors.length === 0;
