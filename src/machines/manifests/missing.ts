import type { ProjectRow } from '../../api/project.ts';
import { elapsedMs, type Now } from '../../api/time.ts';
import type { ManifestCase } from './plan.ts';

/** A Project is deleted only when missing from two complete listings at least this far apart. */
export const MISSING_FOR_MS = 3000;

/** Deleting more than this many Projects at once, and more than half of all, waits for a person's word. */
const MANY = 3;

export interface Deletions {
  readonly deletes: readonly ProjectRow[];
  /** Too many at once: these wait for `confirm-deletions`. */
  readonly held: readonly ProjectRow[];
  /** Since when each Project still waited for is missing, by the file that declared it, then by name. */
  readonly missing: ReadonlyMap<string, Readonly<Record<string, Now>>>;
  /** When the next of them is due. */
  readonly requeueAfterMs: number | null;
}

/**
 * What to do about Projects that no file declares. `living` counts all Projects that are not being deleted.
 * A `git checkout`, or an editor that deletes and creates, makes files vanish for a moment: so one is missed from the
 * end of a listing to the beginning of another, however long each takes.
 */
export const planDeletions = (
  rows: readonly ProjectRow[],
  living: number,
  { previous, now, listedAt, confirmed }: Pick<ManifestCase, 'previous' | 'now' | 'listedAt' | 'confirmed'>,
): Deletions => {
  const before = new Map(previous.map(({ file, missing }) => [file, missing]));
  const waits = rows.map((row) => {
    const since = before.get(row.file)?.[row.name] ?? listedAt;
    return { row, since, leftMs: MISSING_FOR_MS - elapsedMs(since, now) };
  });
  const due = waits.filter(({ leftMs }) => leftMs <= 0).map(({ row }) => row);
  const tooMany = !confirmed && rows.length > MANY && rows.length > living / 2;
  const deletes = tooMany ? [] : due;

  const going = new Set(deletes);
  const waiting = Map.groupBy(
    waits.filter(({ row }) => !going.has(row)),
    ({ row }) => row.file,
  );
  const missing = new Map(
    [...waiting].map(([file, group]) => [file, Object.fromEntries(group.map(({ row, since }) => [row.name, since]))]),
  );
  const left = waits.flatMap(({ leftMs }) => (leftMs > 0 ? [leftMs] : []));
  return { deletes, held: tooMany ? due : [], missing, requeueAfterMs: left.length > 0 ? Math.min(...left) : null };
};
