import type { Mismatch } from '../../api/mismatch.ts';
import type { StateFile } from '../../api/observation.ts';
import type { Attempt } from '../../api/project.ts';
import { valueOf } from '../../api/seen.ts';
import { mismatch } from './kinds.ts';
import type { Situation } from './look.ts';

/** What only one can have, and two claim: neither is given it without better evidence (failures 44, 45). */
export const compareClaims = (s: Situation): readonly Mismatch[] => [...claimedSessions(s), ...claimedUids(s)];

const claimedSessions = (s: Situation): readonly Mismatch[] => {
  const named = s.attempts.filter(({ uid, sessionName }) => sessionName !== null && !s.moving.has(uid));
  const claims = Map.groupBy(named, ({ shard, sessionName }) => `${shard}/${sessionName}`);
  return [...claims.values()].flatMap((attempts) => {
    const uids = [...new Set(attempts.map(({ uid }) => uid))].sort();
    return uids.length < 2 ? [] : uids.flatMap((uid) => contested(s, uid, uids, attempts));
  });
};

/** Told of each claimant but the one whose tag the session carries. */
const contested = (
  s: Situation,
  uid: string,
  uids: readonly string[],
  attempts: readonly Attempt[],
): readonly Mismatch[] => {
  const row = s.rowsByUid.get(uid);
  const [{ shard, sessionName } = { shard: 0, sessionName: '' }] = attempts;
  const holder = uids.find((each) => isThere(s, each, shard, sessionName));
  if (row === undefined || holder === uid || s.unlisted.has(shard)) return [];
  const rivals = uids.filter((each) => each !== uid).map((each) => s.rowsByUid.get(each)?.name ?? each);
  const message = `its row claims session ${sessionName}, and so does that of ${rivals.join(', ')}`;
  return holder === undefined
    ? [mismatch('DuplicateClaim', `Project/${row.name}`, 'Hold', message, uid)]
    : [mismatch('DuplicateClaim', `Project/${row.name}`, 'Resume', `${message}, whose tag it carries`, uid)];
};

const isThere = (s: Situation, uid: string, shard: number, name: string | null): boolean =>
  s.sessionsByUid.get(uid)?.some((session) => session.shard === shard && session.name === name) ?? false;

const claimedUids = (s: Situation): readonly Mismatch[] => {
  const files = (valueOf(s.stateFiles) ?? []).flatMap(({ file }): readonly StateFile[] => {
    const state = valueOf(file);
    return state === undefined ? [] : [state];
  });
  return [...Map.groupBy(files, ({ uid }) => uid)].flatMap(([uid, claimants]) => {
    const names = claimants.map(({ name }) => name).sort();
    if (names.length < 2) return [];
    const message = `the state files of ${names.join(' and ')} have one uid`;
    return [
      mismatch('DuplicateClaim', `StateFile/${names[0]}.json`, 'Hold', message, s.rowsByUid.get(uid)?.uid ?? null),
    ];
  });
};
