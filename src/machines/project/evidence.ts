import type { UntaggedSession } from '../../api/observation.ts';
import { valueOf } from '../../api/seen.ts';
import type { Situation } from './situation.ts';

export const SESSION_NAME_UNRECOVERABLE = 'SessionNameUnrecoverable';

/** What the evidence for a lost session comes to. */
export type Evidence =
  | { readonly found: 'One'; readonly session: UntaggedSession; readonly by: 'birth tag' | 'state file' | 'path' }
  /** Something may be ours, and nothing says which: neither of two claimants gets it (failure 45). */
  | { readonly found: 'Ambiguous'; readonly sessions: readonly UntaggedSession[] }
  | { readonly found: 'None' };

/**
 * The attempt should have a session and none carries its tags: the row does not say which (after a crash, an
 * import, a hand edit), or one that was born ours has lost them.
 */
export const hasLostSession = (s: Situation): boolean =>
  s.sessionAbsent &&
  s.attempt !== null &&
  s.attempt.endedAt === null &&
  (s.attempt.sessionName === null || untaggedOf(s).some((session) => session.birthUid === s.project.uid));

const untaggedOf = (s: Situation): readonly UntaggedSession[] => valueOf(s.observation.untagged) ?? [];

const ambiguous = (sessions: readonly UntaggedSession[]): Evidence =>
  sessions.length === 0 ? { found: 'None' } : { found: 'Ambiguous', sessions };

/**
 * The strongest evidence that matches one to one. A session that carries our owner tag needs no evidence: it is
 * seen as ours. What is left is the uid it was born with, then the name in the state file, then its path.
 */
export const evidenceFor = (s: Situation): Evidence => {
  const all = untaggedOf(s);
  const born = all.filter((session) => session.birthUid === s.project.uid);
  const [only, second] = born;
  if (only) return second ? ambiguous(born) : { found: 'One', session: only, by: 'birth tag' };
  // Of an attempt that was never seen to run nothing but what was born of it can be there: people's own is theirs.
  if (s.attempt?.startedAt === null) return { found: 'None' };

  // Who was born another Project's is no candidate, whatever its name and path say.
  const orphans = all.filter((session) => session.birthUid === null);
  const remembered = valueOf(s.observation.stateFile);
  const name = (remembered?.uid === s.project.uid ? remembered.sessionName : null) ?? null;
  const named = orphans.filter((session) => session.name === name);
  const contested = s.rivals.some((rival) => rival.sessionName === null || rival.sessionName === name);
  if (named[0] && named.length === 1 && !contested) return { found: 'One', session: named[0], by: 'state file' };

  const there = orphans.filter((session) => session.paths.includes(s.spec.path));
  const shared = s.rivals.some((rival) => rival.path === null || rival.path === s.spec.path);
  if (there[0] && there.length === 1 && !shared) return { found: 'One', session: there[0], by: 'path' };
  return ambiguous([...new Set([...named, ...there])]);
};
