import type { DecisionsOf, Mismatch } from '../../api/mismatch.ts';
import type { OwnedSession } from '../../api/observation.ts';
import { valueOf } from '../../api/seen.ts';
import { mismatch } from './kinds.ts';
import { sessionKey, type Situation } from './look.ts';

/** Sessions with our tag whose uid no row has. */
export const compareOrphans = (s: Situation): readonly Mismatch[] => {
  const claimed = new Set([...s.rowsByUid.keys(), ...s.quarantined.map(({ uid }) => uid)]);
  return [...s.sessionsByUid]
    .filter(([uid]) => !claimed.has(uid) && !s.moving.has(uid))
    .flatMap(([, sessions]) => sessions.map((session) => orphan(s, session)));
};

const orphan = (s: Situation, session: OwnedSession): Mismatch => {
  const [decision, message] = judge(s, session);
  const subject = `Session/${sessionKey(session.shard, session.id)}`;
  const found = `session ${session.name} of ${session.tags.project}: ${message}`;
  return mismatch('SessionOfUnknownProject', subject, decision, found, null);
};

/** What the session controller makes of it is its own to say; this is what it comes to. */
const judge = (
  { declared, stateFiles, orphanPolicy, rowsByName }: Situation,
  { tags }: OwnedSession,
): readonly [DecisionsOf['SessionOfUnknownProject'], string] => {
  if (declared.seen !== 'Present') return ['Hold', 'a manifest may declare its Project, and none could be read'];
  if (rowsByName.has(tags.project)) return ['Report', 'a Project of that name has another uid'];
  if (declared.value.has(tags.project)) return ['Adopt', 'a manifest declares its Project, which has no row yet'];
  const claimant = valueOf(stateFiles)?.find(({ file }) => valueOf(file)?.uid === tags.uid);
  if (claimant) return ['Report', `the state file of ${claimant.name} has its uid`];
  return orphanPolicy === 'Kill' ? ['KillAfterGrace', 'no Project claims it'] : ['Report', 'no Project claims it'];
};
