import type { NewEvent } from '../api/event.ts';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';
import { notices } from '../machines/manifests/events.ts';
import type { Newcomers } from '../machines/manifests/newcomers.ts';
import { newNotices, noticeKey } from '../machines/manifests/notices.ts';
import type { ManifestPlan } from '../machines/manifests/plan.ts';
import type { ManifestParts } from './manifest.ts';

type Parts = Pick<ManifestParts, 'store' | 'clock' | 'trace'>;
type Write = (writes: StoreWrites, at: number) => void;

/** The setting that keeps what was said and still stands, one a line, so that it is said once. */
const NOTICES = 'manifests.notices';

/** Writes a plan in one transaction; no transaction where there is nothing to write (I7). */
export const commitManifests = (parts: Parts, plan: ManifestPlan, newcomers: Newcomers): void => {
  const standing = [...(plan.held ? [notices.held(plan.held.reason)] : []), ...newcomers.notices];
  const said = newNotices(noticesOf(parts.store), standing);
  commit(
    parts,
    [...writesOf(plan, newcomers), ...keepNotices(parts.store, standing.map(noticeKey)), ...answer(parts.store, plan)],
    [...plan.events, ...newcomers.events, ...said],
  );
};

/** Records that something stands, unless it was said before; what else was said is not known to have ended. */
export const sayOnce = (parts: Parts, notice: NewEvent): void => {
  const before = noticesOf(parts.store);
  const keys = [...new Set([...before, noticeKey(notice)])];
  commit(parts, keepNotices(parts.store, keys), newNotices(before, [notice]));
};

/** Every Project a plan touches, and those that wait for one that is new. */
export const uidsIn = (store: StoreReader, plan: ManifestPlan, newcomers: Newcomers): ReadonlySet<string> =>
  new Set([
    ...[...newcomers.creates, ...plan.updates, ...plan.errors, ...plan.deletes, ...plan.withdrawals].map(
      ({ uid }) => uid,
    ),
    ...newcomers.creates.flatMap(({ manifest }) => store.dependents(manifest.metadata.name)),
  ]);

/** Every queue that a Project leaves, or in which it changes its place or what it waits for; to be asked before the commit. */
export const queuesIn = (store: StoreReader, { updates }: ManifestPlan): ReadonlySet<string> =>
  new Set(
    updates.flatMap(({ uid, manifest }) => {
      const before = store.project(uid)?.spec.queue;
      return before === undefined ? [manifest.spec.queue] : [before, manifest.spec.queue];
    }),
  );

const commit = ({ store, clock, trace }: Parts, changes: readonly Write[], events: readonly NewEvent[]): void => {
  if (changes.length + events.length === 0) return;
  const at = clock.now().wallMs;
  store.transaction((writes) => {
    for (const change of changes) change(writes, at);
    for (const event of events) writes.recordEvent(event, at);
  });
  for (const event of events) trace({ trace: 'EventRecorded', event });
};

const writesOf = (plan: ManifestPlan, { creates }: Newcomers): readonly Write[] => {
  const { manifestRows } = plan;
  return [
    ...creates.map(({ manifest, file, uid, memory }): Write => {
      return (writes, at) => writes.createProject(manifest, file, { uid, memory, at });
    }),
    ...plan.updates.map(({ uid, manifest, file }): Write => {
      return (writes) => writes.updateManifest(uid, manifest, file);
    }),
    ...plan.errors.map(({ uid, error }): Write => {
      return (writes) => writes.setManifestError(uid, error);
    }),
    ...plan.deletes.map(({ uid }): Write => {
      return (writes, at) => writes.setDeletion(uid, { requestedAt: at, force: false });
    }),
    ...plan.withdrawals.map(({ uid }): Write => {
      return (writes) => writes.setDeletion(uid, null);
    }),
    ...(manifestRows ? [(writes: StoreWrites) => writes.replaceManifests(manifestRows)] : []),
  ];
};

const noticesOf = (store: StoreReader): ReadonlySet<string> =>
  new Set((store.setting(NOTICES) ?? '').split('\n').filter((line) => line !== ''));

const keepNotices = (store: StoreReader, keys: readonly string[]): readonly Write[] => {
  const lines = keys.toSorted().join('\n');
  return lines === (store.setting(NOTICES) ?? '') ? [] : [(writes) => writes.setSetting(NOTICES, lines)];
};

/** A confirmation is answered when no deletion it may mean is still to come. */
const answer = (store: StoreReader, plan: ManifestPlan): readonly Write[] => {
  const command = store.pendingCommand('', 'confirm-deletions');
  if (command === null || plan.requeueAfterMs !== null) return [];
  const { length } = plan.deletes;
  const result = length === 0 ? 'no deletions were held' : `${length} deletions confirmed`;
  return [(writes, at) => writes.acknowledge(command.id, at, result)];
};
