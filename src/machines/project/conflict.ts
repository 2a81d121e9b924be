import { sessionNameOf } from '../../api/manifest.ts';
import type { ListedSession, UntaggedSession } from '../../api/observation.ts';
import { valueOf } from '../../api/seen.ts';
import type { Situation } from './situation.ts';

/** Another session has the name that a start would use, and what comes of it. */
export interface Conflict {
  readonly rival: ListedSession;
  /** As the policy says, or Hold: what belongs to somebody is neither adopted nor replaced. */
  readonly way: 'Rename' | 'Adopt' | 'Replace' | 'Fail' | 'Hold';
  /** Who has the name, and what keeps us from taking it; for people. */
  readonly why: string;
}

const ownerOf = ({ tags, claimed }: ListedSession): string => {
  if (tags !== null) return `of Project ${tags.project}`;
  return claimed ? 'of another installation of tmuxlet' : 'which nobody has tagged';
};

/** What keeps an untagged session from being taken; null when nothing does. */
const reservation = (s: Situation, found: UntaggedSession | undefined): string | null => {
  if (found === undefined) return 'what runs in it could not be looked at';
  const { birthUid, paths } = found;
  // It has lost its tags, and its Project may still find it by this.
  if (birthUid !== null && birthUid !== s.project.uid)
    return `it was born as the session of another Project, ${birthUid}`;
  if (s.spec.conflictPolicy === 'Replace' || paths.includes(s.spec.path)) return null;
  return `it works in ${paths.join(', ') || 'an unknown place'}, not in ${s.spec.path}`;
};

/** What stands in the way of a start under the name that the spec asks for; null when nothing does. */
export const conflictOf = (s: Situation): Conflict | null => {
  const name = sessionNameOf(s.project.name, s.spec);
  const rival = s.target?.taken.get(name);
  if (rival === undefined) return null;
  const { conflictPolicy } = s.spec;
  const taken = `session name ${name} is taken by session ${rival.id}, ${ownerOf(rival)}`;
  if (conflictPolicy === 'Rename' || conflictPolicy === 'Fail') return { rival, way: conflictPolicy, why: taken };
  // What another Project has, or another installation, is never given up to us.
  if (rival.claimed || rival.tags !== null) return { rival, way: 'Hold', why: taken };
  const untagged = valueOf(s.observation.untagged) ?? [];
  const obstacle = reservation(
    s,
    untagged.find(({ shard, id }) => shard === rival.shard && id === rival.id),
  );
  return obstacle === null
    ? { rival, way: conflictPolicy, why: taken }
    : { rival, way: 'Hold', why: `${taken}; ${obstacle}` };
};
