import type { ShardListing } from '../../api/observation.ts';
import type { StoreReader } from '../../api/ports/store.ts';

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
  /** Owned: a Project claims it. Orphan: our tag, no Project. Foreign: not ours, never touched. */
  readonly verdict: 'Owned' | 'Orphan' | 'Foreign';
  /** What its tags say; null on a foreign one. */
  readonly project: string | null;
  readonly attempt: number | null;
}

/** Every session listed, in order of name; what could not be asked is told in `warnings`. */
export const sessionViews = (
  listings: readonly ShardListing[],
  reader: Pick<StoreReader, 'project'>,
  ownerId: string,
): { readonly sessions: readonly SessionView[]; readonly warnings: string[] } => ({
  sessions: listings
    .flatMap(({ sessions, shard, socket }) =>
      sessions.seen !== 'Present'
        ? []
        : sessions.value.map(({ id, name, createdAt, attached, panes, tags }) => {
            const ours = tags?.owner === ownerId ? tags : null;
            return {
              id,
              name,
              shard,
              socket,
              createdAt,
              attached,
              windows: [...new Set(panes.map((pane) => pane.windowName))],
              verdict: ours === null ? 'Foreign' : reader.project(ours.uid) === null ? 'Orphan' : 'Owned',
              project: ours?.project ?? null,
              attempt: ours?.attempt ?? null,
            } as const;
          }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
  warnings: listings.flatMap(({ sessions, socket }) =>
    sessions.seen === 'Unknown' ? [`the tmux server on ${socket} could not be asked: ${sessions.reason}`] : [],
  ),
});
