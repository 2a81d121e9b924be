import { isDeepStrictEqual } from 'node:util';
import type { NewEvent } from '../../api/event.ts';
import type { SpecFile } from '../../api/ports/manifests.ts';
import type { ManifestRow } from '../../api/ports/store.ts';
import type { ProjectRow } from '../../api/project.ts';
import type { Now } from '../../api/time.ts';
import { type Declaration, resolveClaims } from './claims.ts';
import { deletionEvent, errorEvent, fileEvents, updateEvents, withdrawalEvent } from './events.ts';
import { withNamesHeld } from './held-names.ts';
import { nextManifestRows } from './manifest-rows.ts';
import { planDeletions } from './missing.ts';
import { refuseCycles, withRefusals } from './refusals.ts';

/** All that the plan for the manifests rests on. The order of rows and files means nothing. */
export interface ManifestCase {
  readonly rows: readonly ProjectRow[];
  /** Names of Projects whose rows cannot be read: nothing is decided for them. */
  readonly unreadable: ReadonlySet<string>;
  /** What was remembered of each file. */
  readonly previous: readonly ManifestRow[];
  /** One complete listing. */
  readonly listing: readonly SpecFile[];
  /** When that listing began. */
  readonly now: Now;
  /** When it was complete: what is not in it may have gone missing only then. */
  readonly listedAt: Now;
  /** A person has confirmed that many Projects may be deleted at once. */
  readonly confirmed: boolean;
}

/** How the database comes to match the files. Empty throughout when it does. */
export interface ManifestPlan {
  readonly creates: readonly Declaration[];
  readonly updates: readonly (Declaration & { readonly uid: string })[];
  /** The error of a Project's manifest as it now stands; null clears it. */
  readonly errors: readonly { readonly uid: string; readonly error: string | null }[];
  readonly deletes: readonly { readonly uid: string; readonly name: string }[];
  /** Projects being deleted that are declared again. */
  readonly withdrawals: readonly { readonly uid: string; readonly name: string }[];
  /** More deletions at once than happen without a person's word. */
  readonly held: { readonly names: readonly string[]; readonly reason: string } | null;
  /** What to remember of each file; null when nothing changed. */
  readonly manifestRows: readonly ManifestRow[] | null;
  readonly events: readonly NewEvent[];
  /** Look again then: a deletion becomes due. */
  readonly requeueAfterMs: number | null;
}

/** When to look again after a listing that was too old to tell. */
const LIST_AGAIN_MS = 1000;

export const planManifests = (found: ManifestCase): ManifestPlan => {
  const rows = found.rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const previous = new Map(found.previous.map((row) => [row.file, row]));
  const listing = withNamesHeld(found.listing, previous, rows);
  const claims = resolveClaims(rows, listing);
  const refused = refuseCycles(rows, claims.declared);

  const changes = rows.flatMap((row) => changeOf(row, claims.declared.get(row.name), refused));
  const errors = rows.flatMap((row) => {
    const error = refused.get(row.name) ?? claims.held.get(row.name) ?? null;
    const isMissing = !claims.declared.has(row.name) && !claims.held.has(row.name);
    return isMissing || error === row.manifestError ? [] : [{ row, error }];
  });
  const returned = rows.flatMap((row) => {
    const file = claims.declared.get(row.name)?.file;
    return row.deletion === null || file === undefined ? [] : [{ row, file, requestedAt: row.deletion.requestedAt }];
  });
  // A request younger than the listing knows better than the listing.
  const withdrawals = returned.filter(({ requestedAt }) => requestedAt < found.now.wallMs);

  const living = rows.filter(({ deletion }) => deletion === null);
  const missing = living.filter(({ name }) => !claims.declared.has(name) && !claims.held.has(name));
  const deletions = planDeletions(missing, living.length, found);
  const held = holdOf(deletions.held, living.length);

  const fileErrors = withRefusals(claims.errors, claims.declared, refused);
  const manifestRows = nextManifestRows(listing, fileErrors, deletions.missing, found.previous, found.now);
  const listed = new Set(listing.map(({ file }) => file));
  return {
    creates: createsOf(found, rows, claims.declared, refused),
    updates: changes.map(({ row, next }) => ({ ...next, uid: row.uid })),
    errors: errors.map(({ row, error }) => ({ uid: row.uid, error })),
    deletes: deletions.deletes.map(identityOf),
    withdrawals: withdrawals.map(({ row }) => identityOf(row)),
    held,
    manifestRows,
    events: [
      // A file that is gone is not in order again.
      ...(manifestRows ?? []).flatMap((row) => (listed.has(row.file) ? fileEvents(previous.get(row.file), row) : [])),
      ...errors.map(({ row, error }) => errorEvent(row, error)),
      ...changes.flatMap(({ row, next, specDiffers }) => updateEvents(row, next, specDiffers)),
      ...withdrawals.map(({ row, file }) => withdrawalEvent(row, file)),
      ...deletions.deletes.map(deletionEvent),
    ],
    requeueAfterMs: deletions.requeueAfterMs ?? (withdrawals.length < returned.length ? LIST_AGAIN_MS : null),
  };
};

const identityOf = ({ uid, name }: ProjectRow) => ({ uid, name });

const createsOf = (
  { unreadable }: ManifestCase,
  rows: readonly ProjectRow[],
  declared: ReadonlyMap<string, Declaration>,
  refused: ReadonlyMap<string, string>,
): readonly Declaration[] => {
  const existing = new Set(rows.map(({ name }) => name));
  return [...declared]
    .filter(([name]) => !existing.has(name) && !unreadable.has(name) && !refused.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, declaration]) => declaration);
};

const changeOf = (row: ProjectRow, next: Declaration | undefined, refused: ReadonlyMap<string, string>) => {
  if (next === undefined || refused.has(row.name)) return [];
  const { metadata, spec } = next.manifest;
  const specDiffers = !isDeepStrictEqual(row.spec, spec);
  const same =
    !specDiffers &&
    next.file === row.file &&
    isDeepStrictEqual(row.labels, metadata.labels ?? {}) &&
    isDeepStrictEqual(row.annotations, metadata.annotations ?? {});
  return same ? [] : [{ row, next, specDiffers }];
};

const holdOf = (rows: readonly ProjectRow[], living: number): ManifestPlan['held'] => {
  if (rows.length === 0) return null;
  const names = rows.map(({ name }) => name);
  const reason =
    `${names.length} of ${living} Projects lost their manifests at once and are kept; ` +
    '"tmuxlet confirm-deletions" lets them go';
  return { names, reason };
};
