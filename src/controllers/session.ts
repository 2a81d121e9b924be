import type { ListedSession, ShardListing } from '../api/observation.ts';
import type { Attempt } from '../api/project.ts';
import { valueOf } from '../api/seen.ts';
import type { StoreReader } from '../api/ports/store.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import { type Controller, type Outcome, settled } from './loop.ts';
import { isClaimed } from './orphans/look.ts';
import { keyOf, parseKey, type SessionKey } from './orphans/orphan-parts.ts';

export interface SessionParts {
  readonly store: Pick<StoreReader, 'openAttempts' | 'orphans' | 'project'>;
  readonly tmux: Pick<Tmux, 'observe'>;
  /** Has a Project looked at. */
  readonly wake: (uid: string, why: string) => void;
  /** Has a key of this controller looked at. */
  readonly add: (key: string) => void;
  /** Looks at a session of ours that no Project seems to claim. */
  readonly reconcileOrphan: (session: SessionKey, since: number) => Promise<Outcome>;
}

/** A server that has stopped sends no hint of it: all are asked this often. */
const PROBE_MS = 10_000;

/** The key of all tmux servers; one server's is its shard, and a session's is `shard/$id`. */
export const SESSIONS = 'sessions';

/**
 * The controller of tmux sessions. A hint that something changed on a server is turned into the Projects it concerns,
 * so that one change does not have every Project looked at, and into the sessions there that no Project claims.
 */
export const sessionController = (parts: SessionParts): Controller => ({
  name: 'session',
  workers: 4,
  async reconcile({ key, since }) {
    const session = parseKey(key);
    if (session !== null) return parts.reconcileOrphan(session, since);
    const listings = await parts.tmux.observe(since);
    const attempts = parts.store.openAttempts();
    if (key !== SESSIONS) return sweep(parts, Number(key), listings, attempts);
    for (const { shard, sessions } of listings) {
      if (sessions.seen === 'Unknown') showSilence(parts, shard, attempts);
      else sweep(parts, shard, listings, attempts);
    }
    return { retry: false, requeueAfterMs: PROBE_MS };
  },
});

const startedOn = (shard: number, attempts: readonly Attempt[]): readonly Attempt[] =>
  attempts.filter((attempt) => attempt.shard === shard && attempt.sessionId !== null);

/** The Projects of a server that does not answer are to show it; nothing more comes of it (I3). */
const showSilence = ({ wake }: SessionParts, shard: number, attempts: readonly Attempt[]): void => {
  for (const { uid } of startedOn(shard, attempts)) wake(uid, 'its tmux server does not answer');
};

const sweep = (
  parts: SessionParts,
  shard: number,
  listings: readonly ShardListing[],
  attempts: readonly Attempt[],
): Outcome => {
  const listing = listings.find((candidate) => candidate.shard === shard);
  if (listing?.sessions.seen === 'Unknown') return { retry: true, requeueAfterMs: null };
  const sessions = (listing && valueOf(listing.sessions)) ?? [];
  const names = new Map(sessions.map((session) => [session.tags?.uid, session.name]));
  for (const attempt of startedOn(shard, attempts)) {
    if (names.get(attempt.uid) !== attempt.sessionName) parts.wake(attempt.uid, 'its session is gone or renamed');
  }
  sweepOrphans(parts, shard, sessions, attempts);
  return settled;
};

/** Has every session of ours on a server looked at that no Project claims, or that was an orphan when last seen. */
const sweepOrphans = (
  parts: SessionParts,
  shard: number,
  sessions: readonly ListedSession[],
  attempts: readonly Attempt[],
): void => {
  const { store, add } = parts;
  const running = new Set(attempts.map(({ uid }) => uid));
  for (const { id, tags } of sessions) {
    if (tags !== null && !running.has(tags.uid) && !isClaimed(parts, tags.uid)) add(keyOf(shard, id));
  }
  for (const orphan of store.orphans()) if (orphan.shard === shard) add(keyOf(shard, orphan.sessionId));
};
