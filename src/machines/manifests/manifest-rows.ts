import { isDeepStrictEqual } from 'node:util';
import type { SpecFile } from '../../api/ports/manifests.ts';
import type { ManifestRow } from '../../api/ports/store.ts';
import type { Now } from '../../api/time.ts';

type Missing = ReadonlyMap<string, Readonly<Record<string, Now>>>;

/**
 * What is to be remembered of each file, in order of file; null when it is what is remembered already (I7).
 * A file that is gone stays as long as a Project it declared is waited for.
 */
export const nextManifestRows = (
  listing: readonly SpecFile[],
  errors: ReadonlyMap<string, readonly string[]>,
  missing: Missing,
  previous: readonly ManifestRow[],
  now: Now,
): readonly ManifestRow[] | null => {
  const before = new Map(previous.map((row) => [row.file, row]));
  const listed = new Set(listing.map(({ file }) => file));
  const present = listing.map(
    (file): ManifestRow => ({
      file: file.file,
      hash: file.hash,
      names: file.names,
      errors: [...file.errors, ...(errors.get(file.file) ?? [])],
      readAt: now.wallMs,
      missing: missing.get(file.file) ?? {},
    }),
  );
  const gone = [...missing].flatMap(([file, names]): ManifestRow[] =>
    listed.has(file)
      ? []
      : [{ file, hash: before.get(file)?.hash ?? '', names: [], errors: [], readAt: now.wallMs, missing: names }],
  );
  const rows = [...present, ...gone]
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map((row) => unlessChanged(before.get(row.file), row));
  const same = rows.length === previous.length && rows.every((row) => before.get(row.file) === row);
  return same ? null : rows;
};

/** `readAt` is the time of the reading that brought something new. */
const unlessChanged = (before: ManifestRow | undefined, row: ManifestRow): ManifestRow =>
  before !== undefined && isDeepStrictEqual({ ...before, readAt: 0 }, { ...row, readAt: 0 }) ? before : row;
