import type { NewEvent } from '../api/event.ts';
import type { SpecFile, SpecSource } from '../api/ports/manifests.ts';
import type { Store, StoreWrites } from '../api/ports/store.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import type { Clock, StateFiles } from '../api/ports/world.ts';
import type { Now } from '../api/time.ts';
import type { Tracer } from '../api/trace.ts';
import type { Declaration } from '../machines/manifests/claims.ts';
import { createdEvent, notices } from '../machines/manifests/events.ts';
import { type Identity, identify } from '../machines/manifests/identity.ts';
import { newNotices, noticeKey } from '../machines/manifests/notices.ts';
import { type ManifestPlan, planManifests } from '../machines/manifests/plan.ts';
import type { Controller, Outcome } from './loop.ts';

/** The one key: all manifests are looked at together, since a name can move between files. */
export const MANIFESTS = 'manifests';

export interface ManifestParts {
  readonly source: SpecSource;
  readonly store: Store;
  readonly tmux: Pick<Tmux, 'observe'>;
  readonly stateFiles: Pick<StateFiles, 'read'>;
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly ownerId: string;
  readonly newUid: () => string;
  /** Has a Project looked at. */
  readonly wake: (uid: string) => void;
}

/** The setting that keeps what was said and still stands, one a line, so that it is said once. */
const NOTICES = 'manifests.notices';

/** Evidence that disagrees waits for a person; look again now and then. */
const AMBIGUOUS_AGAIN_MS = 30_000;

/** Makes the database match the manifests: list, plan, one transaction, wake who was touched. */
export const manifestController = (parts: ManifestParts): Controller => ({
  name: 'manifest',
  workers: 1,
  async reconcile(): Promise<Outcome> {
    const now = parts.clock.now();
    const listing = await parts.source.list();
    if (listing.seen === 'Present') return await makeMatch(parts, listing.value, now);
    const reason = listing.seen === 'Unknown' ? listing.reason : 'there is no source of manifests';
    parts.trace({ trace: 'Unknown', source: 'manifests', reason });
    const before = noticesBefore(parts.store);
    const unreadable = notices.unreadable(reason);
    // What stood before is not known to have ended.
    commit(parts, [], newNotices(before, [unreadable]), new Set([...before, noticeKey(unreadable)]));
    return { retry: true, requeueAfterMs: null };
  },
});

const makeMatch = async (parts: ManifestParts, listing: readonly SpecFile[], now: Now): Promise<Outcome> => {
  const { store, trace, wake, clock } = parts;
  const identities = await identifyAll(parts, planFrom(store, listing, now).creates);
  // Planned anew: rows may have changed while the evidence was looked at, and nothing waits from here on.
  const plan = planFrom(store, listing, now);
  const newcomers = plan.creates.map((declaration) => admit(parts, declaration, identities));
  const { wallMs } = clock.now();

  const standing = [
    ...(plan.held ? [notices.held(plan.held.reason)] : []),
    ...newcomers.flatMap(({ notice }) => (notice ? [notice] : [])),
  ];
  const events = [
    ...plan.events,
    ...newcomers.flatMap(({ event }) => (event ? [event] : [])),
    ...newNotices(noticesBefore(store), standing),
  ];
  const changes = [
    ...newcomers.flatMap(({ create }) => (create ? [create] : [])),
    ...changesOf(plan, wallMs),
    ...acknowledgement(store, plan, wallMs),
  ];
  commit(parts, changes, events, new Set(standing.map(noticeKey)));

  const errors = new Map((plan.manifestRows ?? store.manifests()).map((row) => [row.file, row.errors]));
  const bad = listing.filter(({ file }) => (errors.get(file) ?? []).length > 0).length;
  trace({ trace: 'ManifestsRead', good: listing.length - bad, bad, at: now.wallMs });
  for (const uid of touchedBy(plan, newcomers, store)) wake(uid);
  if (newcomers.some(({ wait }) => wait === 'retry')) return { retry: true, requeueAfterMs: null };
  const isAmbiguous = newcomers.some(({ wait }) => wait === 'person');
  return { retry: false, requeueAfterMs: plan.requeueAfterMs ?? (isAmbiguous ? AMBIGUOUS_AGAIN_MS : null) };
};

const planFrom = (store: Store, listing: readonly SpecFile[], now: Now): ManifestPlan =>
  planManifests({
    rows: store.projects(),
    unreadable: new Set(store.quarantined().map(({ name }) => name)),
    previous: store.manifests(),
    listing,
    now,
    confirmed: store.pendingCommand('', 'confirm-deletions') !== null,
  });

/** Who the Projects without a row are, by name. */
const identifyAll = async (
  { store, tmux, stateFiles, clock, ownerId }: ManifestParts,
  creates: readonly Declaration[],
): Promise<ReadonlyMap<string, Identity>> => {
  const identities = new Map<string, Identity>();
  if (creates.length === 0) return identities;
  const shards = await tmux.observe(clock.now().monotonicMs);
  const taken = new Map(store.projects().map(({ uid, name }) => [uid, name]));
  for (const { manifest } of creates) {
    const { name } = manifest.metadata;
    identities.set(name, identify({ name, stateFile: await stateFiles.read(name), shards, ownerId, taken }));
  }
  return identities;
};

type Change = (writes: StoreWrites) => void;

/** What becomes of one new declaration: it is created, or waits. */
interface Newcomer {
  readonly uid?: string;
  readonly create?: Change;
  readonly event?: NewEvent;
  readonly notice?: NewEvent;
  readonly wait?: 'retry' | 'person';
}

const admit = (
  parts: ManifestParts,
  { manifest, file }: Declaration,
  identities: ReadonlyMap<string, Identity>,
): Newcomer => {
  const { name } = manifest.metadata;
  const found = identities.get(name);
  switch (found?.identity) {
    case 'New':
    case 'Known': {
      const { uid, memory, source } = found.identity === 'Known' ? found : { ...newcomer, uid: parts.newUid() };
      const at = parts.clock.now().wallMs;
      return {
        uid,
        create: (writes) => writes.createProject(manifest, file, { uid, memory, at }),
        event: createdEvent(name, file, source),
      };
    }
    case 'Ambiguous':
      return { notice: notices.ambiguous(name, found.reason), wait: 'person' };
    case 'Unknown':
      return { notice: notices.unknown(name, found.reason), wait: 'retry' };
    case undefined:
      // Its row went while the evidence was looked at.
      return { wait: 'retry' };
  }
};
