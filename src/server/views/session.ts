import type { ListedSession, ShardListing } from '../../api/observation.ts';
import type { SessionVerdict } from '../../api/orphan.ts';
import type { StoreReader } from '../../api/ports/store.ts';
import { valueOf } from '../../api/seen.ts';

/** A tmux session on one of our servers, and whose it is. */
export interface SessionView {
  /** tmux's own id, unique within its server. */
  readonly id: string;
  readonly name: string;
  readonly shard: number;
  readonly socket: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Clients looking at it. */
  readonly attached: number;
  readonly windows: readonly string[];
  /** Whose tag it carries; Foreign is another installation's. */
  readonly owner: 'Ours' | 'Foreign' | 'None';
  /**
   * Owned: a Project claims it. Foreign: not ours, never touched. Our tag and no Project: what it was found to be,
   * or Orphan until somebody has looked.
   */
  readonly verdict: SessionVerdict | 'Orphan';
  /** Why, for people; empty where the verdict says it all. */
  readonly reason: string;
  /** What its tags say; null on a foreign one. */
  readonly project: string | null;
  readonly attempt: number | null;
}

/** Every session listed, in order of name; what could not be asked is told in `warnings`. */
export const sessionViews = (
  listings: readonly ShardListing[],
  reader: Pick<StoreReader, 'projects' | 'quarantined' | 'orphan'>,
  ownerId: string,
): { readonly sessions: readonly SessionView[]; readonly warnings: string[] } => {
  // A row that cannot be read still claims its session.
  const claims = new Set([...reader.projects(), ...reader.quarantined()].map(({ uid }) => uid));
  const view = (session: ListedSession, { shard, socket }: ShardListing): SessionView => {
    const ours = session.tags?.owner === ownerId ? session.tags : null;
    const isOrphan = ours !== null && !claims.has(ours.uid);
    const known = isOrphan ? reader.orphan(shard, session.id) : null;
    const judged = known?.createdAt === session.createdAt && known.uid === ours?.uid ? known : null;
    return {
      id: session.id,
      name: session.name,
      shard,
      socket,
      createdAt: session.createdAt,
      attached: session.attached,
      windows: [...new Set(session.panes.map(({ windowName }) => windowName))],
      owner: ours !== null ? 'Ours' : session.claimed ? 'Foreign' : 'None',
      verdict: ours === null ? 'Foreign' : isOrphan ? (judged?.verdict ?? 'Orphan') : 'Owned',
      reason: judged?.message ?? '',
      project: ours?.project ?? null,
      attempt: ours?.attempt ?? null,
    };
  };
  return {
    sessions: listings
      .flatMap((listing) => (valueOf(listing.sessions) ?? []).map((session) => view(session, listing)))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    warnings: listings.flatMap(({ sessions, socket }) =>
      sessions.seen === 'Unknown' ? [`the tmux server on ${socket} could not be asked: ${sessions.reason}`] : [],
    ),
  };
};
