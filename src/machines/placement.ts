import type { ShardListing } from '../api/observation.ts';

/**
 * The tmux server a new session goes to: the first with room, where starts under way count as taken.
 * tmux costs O(N) a wake-up, so servers are kept small; an Unknown shard takes no new ones. A shard
 * beyond the listed ones is a server yet to be made. Null when every shard is Unknown.
 *
 * With `external` that many servers are all there are, kept by somebody else: the emptiest that is there takes the
 * session, so that the end of one concerns as few as can be. Null when none of them is there, or none has room.
 */
export const place = (
  listings: readonly ShardListing[],
  opening: ReadonlyMap<number, number>,
  shardSize: number,
  external = 0,
): number | null => {
  const load = (listing: ShardListing): number =>
    (listing.sessions.seen === 'Present' ? listing.sessions.value.length : 0) + (opening.get(listing.shard) ?? 0);
  const known = listings.toSorted((a, b) => a.shard - b.shard);
  if (external > 0) {
    const there = known.filter(({ shard, sessions }) => shard < external && sessions.seen === 'Present');
    const [emptiest] = there.toSorted((a, b) => load(a) - load(b));
    return emptiest !== undefined && load(emptiest) < shardSize ? emptiest.shard : null;
  }
  const free = known.find((listing) => listing.sessions.seen !== 'Unknown' && load(listing) < shardSize);
  if (free) return free.shard;
  // When nobody answers, the trouble is not lack of room.
  if (known.length > 0 && known.every((listing) => listing.sessions.seen === 'Unknown')) return null;
  return (known.at(-1)?.shard ?? -1) + 1;
};
