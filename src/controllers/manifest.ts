import type { SpecFile, SpecSource } from '../api/ports/manifests.ts';
import type { Store } from '../api/ports/store.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import type { Clock, StateFiles } from '../api/ports/world.ts';
import type { Tracer } from '../api/trace.ts';
import type { Declaration } from '../machines/manifests/claims.ts';
import { notices } from '../machines/manifests/events.ts';
import { type Identity, identify } from '../machines/manifests/identity.ts';
import { admitNewcomers } from '../machines/manifests/newcomers.ts';
import { type ManifestCase, type ManifestPlan, planManifests } from '../machines/manifests/plan.ts';
import type { Controller, Outcome } from './loop.ts';
import { commitManifests, queuesIn, sayOnce, uidsIn } from './manifest-commit.ts';

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
  /** Has a queue looked at. */
  readonly wakeQueue: (queue: string) => void;
}

/** Evidence that disagrees waits for a person; it is looked at again now and then. */
const AMBIGUOUS_AGAIN_MS = 30_000;

/** Makes the database match the manifests: list, plan, one transaction, wake who was touched. */
export const manifestController = (parts: ManifestParts): Controller => ({
  name: 'manifest',
  workers: 1,
  async reconcile(): Promise<Outcome> {
    const now = parts.clock.now();
    const listing = await parts.source.list();
    const look = { now, listedAt: parts.clock.now() };
    if (listing.seen === 'Present') return await makeMatch(parts, listing.value, look);
    const reason = listing.seen === 'Unknown' ? listing.reason : 'there is no source of manifests';
    parts.trace({ trace: 'Unknown', source: 'manifests', reason });
    sayOnce(parts, notices.unreadable(reason));
    return { retry: true, requeueAfterMs: null };
  },
});

const nobody: ReadonlyMap<string, Identity> = new Map();

/** When a listing began, and when it was complete. */
type Look = Pick<ManifestCase, 'now' | 'listedAt'>;

const makeMatch = async (parts: ManifestParts, listing: readonly SpecFile[], look: Look): Promise<Outcome> => {
  const { store, trace, wake, wakeQueue } = parts;
  const first = planFrom(store, listing, look);
  const hasNewcomers = first.creates.length > 0;
  const identities = hasNewcomers ? await identifyAll(parts, first.creates) : nobody;
  // Rows may have changed while the evidence was looked at; nothing waits from here on.
  const plan = hasNewcomers ? planFrom(store, listing, look) : first;
  const newcomers = admitNewcomers(plan.creates, identities);
  const queues = queuesIn(store, plan);
  commitManifests(parts, plan, newcomers);

  const errors = new Map(store.manifests().map((row) => [row.file, row.errors.length]));
  const bad = listing.filter(({ file }) => errors.get(file) !== 0).length;
  trace({ trace: 'ManifestsRead', good: listing.length - bad, bad, at: look.now.wallMs });
  for (const uid of uidsIn(store, plan, newcomers)) wake(uid);
  for (const queue of queues) wakeQueue(queue);
  if (newcomers.waitsFor === 'Look') return { retry: true, requeueAfterMs: null };
  const laterMs = newcomers.waitsFor === 'Person' ? AMBIGUOUS_AGAIN_MS : null;
  return { retry: false, requeueAfterMs: plan.requeueAfterMs ?? laterMs };
};

const planFrom = (store: Store, listing: readonly SpecFile[], look: Look): ManifestPlan =>
  planManifests({
    rows: store.projects(),
    unreadable: new Set(store.quarantined().map(({ name }) => name)),
    previous: store.manifests(),
    listing,
    ...look,
    confirmed: store.pendingCommand('', 'confirm-deletions') !== null,
  });

/** Who the Projects without a row are, by name. */
const identifyAll = async (
  { store, tmux, stateFiles, clock, ownerId, newUid }: ManifestParts,
  creates: readonly Declaration[],
): Promise<ReadonlyMap<string, Identity>> => {
  const identities = new Map<string, Identity>();
  const shards = await tmux.observe(clock.now().monotonicMs);
  const taken = new Map(store.projects().map(({ uid, name }) => [uid, name]));
  for (const { manifest } of creates) {
    const { name } = manifest.metadata;
    const stateFile = await stateFiles.read(name);
    identities.set(name, identify({ name, stateFile, shards, ownerId, taken, newUid: newUid() }));
  }
  return identities;
};
