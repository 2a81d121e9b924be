import type { ListedSession, OwnedSession, ShardListing } from '../../api/observation.ts';
import type { OrphanPolicy } from '../../api/orphan.ts';
import type { StateFileEntry } from '../../api/ports/world.ts';
import type { Attempt, ProjectRow } from '../../api/project.ts';
import { type Seen, valueOf } from '../../api/seen.ts';
import type { Now } from '../../api/time.ts';

/** Everything that one pass compares, as it was seen. */
export interface Look {
  readonly rows: readonly ProjectRow[];
  /** Rows that cannot be read. */
  readonly quarantined: readonly { readonly uid: string; readonly name: string; readonly error: string }[];
  /** Attempts without an end. */
  readonly attempts: readonly Attempt[];
  /** Uids of Projects whose records changed while all this was looked at: they are left for the next pass. */
  readonly moving: ReadonlySet<string>;
  readonly listings: readonly ShardListing[];
  /** The directory each session was made in, by `sessionKey`. */
  readonly paths: Seen<ReadonlyMap<string, string>>;
  readonly stateFiles: Seen<readonly StateFileEntry[]>;
  /** Names that any manifest declares, good or bad. */
  readonly declared: Seen<ReadonlySet<string>>;
  readonly orphanPolicy: OrphanPolicy;
  readonly now: Now;
}

/** A look with what the comparisons ask of it again and again. */
export interface Situation extends Look {
  readonly rowsByUid: ReadonlyMap<string, ProjectRow>;
  readonly rowsByName: ReadonlyMap<string, ProjectRow>;
  /** Names of rows that cannot be read. */
  readonly unreadable: ReadonlySet<string>;
  /** The newest open attempt of each uid. */
  readonly openByUid: ReadonlyMap<string, Attempt>;
  /** Sessions of ours by the uid they carry, the one a Project would claim first. */
  readonly sessionsByUid: ReadonlyMap<string, readonly OwnedSession[]>;
  /** Shards that did not answer. */
  readonly unlisted: ReadonlySet<number>;
}

/** tmux gives its ids anew in each server. */
export const sessionKey = (shard: number, id: string): string => `${shard}/${id}`;

const isOwned = (session: ListedSession): session is OwnedSession => session.tags !== null;

/** As the project controller chooses: the recorded session, else that of the newest attempt; then the older one. */
const byClaim = (attempt: Attempt | undefined) => (a: OwnedSession, b: OwnedSession) => {
  const recorded = (session: OwnedSession): number =>
    attempt?.shard === session.shard && attempt.sessionId === session.id ? 1 : 0;
  const order = sessionKey(a.shard, a.id) < sessionKey(b.shard, b.id) ? -1 : 1;
  return recorded(b) - recorded(a) || b.tags.attempt - a.tags.attempt || order;
};

export const situationOf = (look: Look): Situation => {
  const openByUid = new Map(look.attempts.toSorted((a, b) => a.attempt - b.attempt).map((each) => [each.uid, each]));
  const owned = look.listings.flatMap(({ sessions }) => (valueOf(sessions) ?? []).filter(isOwned));
  const sessionsByUid = new Map(
    [...Map.groupBy(owned, ({ tags }) => tags.uid)].map(([uid, each]) => [
      uid,
      each.toSorted(byClaim(openByUid.get(uid))),
    ]),
  );
  return {
    ...look,
    rowsByUid: new Map(look.rows.map((row) => [row.uid, row])),
    rowsByName: new Map(look.rows.map((row) => [row.name, row])),
    unreadable: new Set(look.quarantined.map(({ name }) => name)),
    openByUid,
    sessionsByUid,
    unlisted: new Set(look.listings.flatMap(({ shard, sessions }) => (sessions.seen === 'Unknown' ? [shard] : []))),
  };
};
