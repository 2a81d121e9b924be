import { type Memory, newMemory } from '../../api/memory.ts';
import type { SessionTags, ShardListing, StateFile } from '../../api/observation.ts';
import { type Seen, valueOf } from '../../api/seen.ts';

/** What is known of a Project that has no row: a new one, or one whose row was lost. */
export interface Evidence {
  readonly name: string;
  readonly stateFile: Seen<StateFile>;
  readonly shards: readonly ShardListing[];
  readonly ownerId: string;
  /** Who has which uid already, by uid. */
  readonly taken: ReadonlyMap<string, string>;
  /** The uid of a Project that was never seen before. */
  readonly newUid: string;
}

/** Who a Project without a row is. */
export type Identity =
  | {
      readonly identity: 'Known';
      readonly uid: string;
      readonly memory: Memory;
      /** The evidence that it was here before, so that nothing is doubled; null for a new Project. */
      readonly evidence: string | null;
    }
  /** Something could not be seen: a session of it may be alive. */
  | { readonly identity: 'Unknown'; readonly reason: string }
  /** The evidence disagrees; a match that is not one to one is refused (failure 45). */
  | { readonly identity: 'Ambiguous'; readonly reason: string };

/** The state file is the stronger evidence, for it has the memory; the sessions' tags must not contradict it. */
export const identify = (found: Evidence): Identity => {
  const { name, stateFile, shards, ownerId, taken } = found;
  const state = valueOf(stateFile);
  const tags = tagsOf(name, ownerId, shards);
  const uids = [...new Set([...(state ? [state.uid] : []), ...tags.map(({ uid }) => uid)])];
  const [uid] = uids;
  if (uid === undefined) return withoutEvidence(found);
  if (uids.length > 1) return { identity: 'Ambiguous', reason: `state file and sessions name ${uids.join(' and ')}` };
  if (state !== undefined && state.name !== name) {
    return { identity: 'Ambiguous', reason: `its state file is that of ${state.name}` };
  }
  const owner = taken.get(uid);
  if (owner !== undefined) return { identity: 'Ambiguous', reason: `its uid ${uid} belongs to ${owner}` };
  const memory = state?.memory ?? newMemory;
  // An attempt's number is never used again.
  const attempt = Math.max(memory.attempt, state?.attempt ?? 0, ...tags.map((tag) => tag.attempt));
  const evidence = [...(state ? ['its state file'] : []), ...(tags.length > 0 ? ["its session's tags"] : [])].join(
    ' and ',
  );
  return { identity: 'Known', uid, memory: { ...memory, attempt }, evidence };
};

/** A torn state file says nothing; what the shards say then counts alone. */
const withoutEvidence = ({ shards, newUid }: Evidence): Identity => {
  const reasons = shards.flatMap(({ shard, sessions }) =>
    sessions.seen === 'Unknown' ? [`tmux server ${shard}: ${sessions.reason}`] : [],
  );
  return reasons.length > 0
    ? { identity: 'Unknown', reason: reasons.join('; ') }
    : { identity: 'Known', uid: newUid, memory: newMemory, evidence: null };
};

const tagsOf = (name: string, ownerId: string, shards: readonly ShardListing[]): readonly SessionTags[] =>
  shards
    .flatMap(({ sessions }) => valueOf(sessions) ?? [])
    .flatMap(({ tags }) => (tags !== null && tags.owner === ownerId && tags.project === name ? [tags] : []));
