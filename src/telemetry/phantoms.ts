import type { ServerIdentity, ShardListing } from '../api/observation.ts';
import type { RunningSession } from '../api/ports/store.ts';
import { valueOf } from '../api/seen.ts';

/** No pass needs so long to see that a session is gone and to say so. */
const PASS_MS = 10_000;
/** Between two comparisons: tmux is looked at more often than the record needs to be read for this. */
const EVERY_MS = 2_000;

/**
 * Finds phantoms: Projects that the record says are running, and that tmux has no session of. Absent is what the
 * server recorded for it answered without, or a server that is proven gone; no answer proves nothing.
 */
export class Phantoms {
  readonly #record: () => readonly RunningSession[];
  /** Since which look each session has been absent, by uid: monotonic milliseconds. */
  readonly #absentSince = new Map<string, number>();
  readonly #phantoms = new Set<string>();
  #comparedAt = -EVERY_MS;

  constructor(record: () => readonly RunningSession[]) {
    this.#record = record;
  }

  /** How many there are. */
  get standing(): number {
    return this.#phantoms.size;
  }

  /** Takes in a look at all tmux servers, begun at this time. Returns how many phantoms are new. */
  look(listings: readonly ShardListing[], monotonicMs: number): number {
    if (monotonicMs - this.#comparedAt < EVERY_MS) return 0;
    this.#comparedAt = monotonicMs;
    const record = this.#record();
    const isAbsent = absenceIn(listings);
    const gone = new Set([...this.#absentSince.keys(), ...this.#phantoms]);
    let found = 0;
    for (const session of record) {
      gone.delete(session.uid);
      const absent = isAbsent(session);
      // What cannot be seen is left as it was.
      if (absent === null) continue;
      if (!absent) this.#forget(session.uid);
      else if (this.#isNew(session.uid, monotonicMs)) found += 1;
    }
    for (const uid of gone) this.#forget(uid);
    return found;
  }

  #isNew(uid: string, at: number): boolean {
    const since = this.#absentSince.get(uid) ?? at;
    this.#absentSince.set(uid, since);
    if (at - since < PASS_MS || this.#phantoms.has(uid)) return false;
    this.#phantoms.add(uid);
    return true;
  }

  #forget(uid: string): void {
    this.#absentSince.delete(uid);
    this.#phantoms.delete(uid);
  }
}

const isSame = (a: ServerIdentity | undefined, b: ServerIdentity | null): boolean =>
  a !== undefined && b !== null && a.pid === b.pid && a.startTicks === b.startTicks;

/** Says of a session on record whether it is absent; null where that cannot be told. */
const absenceIn = (listings: readonly ShardListing[]): ((session: RunningSession) => boolean | null) => {
  const uids = new Set(listings.flatMap(({ sessions }) => valueOf(sessions)?.map(({ tags }) => tags?.uid) ?? []));
  return ({ uid, shard, sessionId, server }) => {
    if (uids.has(uid)) return false;
    const asked = shard === null ? listings : listings.filter((listing) => listing.shard === shard);
    if (asked.some(({ sessions }) => sessions.seen === 'Unknown')) return null;
    // One that has lost its tags is there all the same.
    return !asked.some(
      (listing) =>
        isSame(valueOf(listing.server), server) && valueOf(listing.sessions)?.some(({ id }) => id === sessionId),
    );
  };
};
