import { valueOf } from '../api/seen.ts';
import type { StoreReader } from '../api/ports/store.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import { type Controller, settled } from './loop.ts';

export interface SessionParts {
  readonly store: Pick<StoreReader, 'openAttempts'>;
  readonly tmux: Pick<Tmux, 'observe'>;
  /** Has a Project looked at. */
  readonly wake: (uid: string, why: string) => void;
}

/**
 * Keyed by shard: turns the hint "something changed on this tmux server" into the Projects it concerns,
 * so that one change does not have every Project looked at.
 */
export const sessionController = ({ store, tmux, wake }: SessionParts): Controller => ({
  name: 'session',
  workers: 1,
  async reconcile({ key, since }) {
    const shard = Number(key);
    const listing = (await tmux.observe(since)).find((candidate) => candidate.shard === shard);
    if (listing?.sessions.seen === 'Unknown') return { retry: true, requeueAfterMs: null };
    const sessions = (listing && valueOf(listing.sessions)) ?? [];
    const names = new Map(sessions.map((session) => [session.tags?.uid, session.name]));
    for (const attempt of store.openAttempts()) {
      if (attempt.shard !== shard || attempt.sessionId === null) continue;
      if (names.get(attempt.uid) !== attempt.sessionName) wake(attempt.uid, 'its session is gone or renamed');
    }
    return settled;
  },
});
