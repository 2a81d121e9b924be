import type { ListedSession, ShardListing } from '../../api/observation.ts';
import { type StoreReader, Unreadable } from '../../api/ports/store.ts';
import { type Seen, absent, present, valueOf } from '../../api/seen.ts';
import { namesakeOf } from '../../machines/orphan-adoption.ts';
import { type Judgement, judgeSession, type Namesake, type OrphanEvidence } from '../../machines/orphans.ts';
import { declaredNames } from '../declared-names.ts';
import type { OrphanParts, SessionKey } from './orphan-parts.ts';

/** A session, what it was found to be, and what that rests on. */
export interface Judged extends Judgement {
  readonly session: ListedSession;
  readonly evidence: OrphanEvidence | null;
}

/** What was seen of one session: found to be something, gone, or not to be seen. */
export const judge = async (parts: OrphanParts, key: SessionKey, since: number): Promise<Seen<Judged>> => {
  const listings = await parts.tmux.observe(since);
  const listing = listings.find(({ shard }) => shard === key.shard);
  if (listing?.sessions.seen === 'Unknown') return listing.sessions;
  const session = (listing && valueOf(listing.sessions))?.find(({ id }) => id === key.sessionId);
  if (session === undefined) return absent;
  const first = judgeWith(parts, session, listings, null);
  // Files are read only where nothing else keeps the session; rows are then read again.
  if (first.verdict !== 'Unknown') return present({ ...first, session, evidence: null });
  const evidence = await lookForEvidence(parts);
  return present({ ...judgeWith(parts, session, listings, evidence), session, evidence });
};

/** Rows are read here, after all that had to be waited for. */
const judgeWith = (
  parts: OrphanParts,
  session: ListedSession,
  listings: readonly ShardListing[],
  evidence: OrphanEvidence | null,
): Judgement => {
  const { store, settings, clock } = parts;
  const listed = listings.flatMap(({ sessions }) => valueOf(sessions) ?? []);
  const silent = listings.find(({ sessions }) => sessions.seen === 'Unknown')?.sessions;
  const { tags } = session;
  return judgeSession({
    session,
    siblings: listed.filter((other) => other === session || (tags !== null && other.tags?.uid === tags.uid)),
    unlisted: silent?.seen === 'Unknown' ? silent.reason : null,
    claimed: tags !== null && isClaimed(parts, tags.uid),
    namesake: tags === null ? null : findNamesake(parts, tags.project, listed),
    evidence,
    row: store.orphan(session.shard, session.id),
    settings,
    now: clock.now(),
  });
};

/** A row that cannot be read claims its session all the same (failure 7). */
export const isClaimed = ({ store }: { readonly store: Pick<StoreReader, 'project'> }, uid: string): boolean => {
  try {
    return store.project(uid) !== null;
  } catch (error) {
    if (error instanceof Unreadable) return true;
    throw error;
  }
};

const findNamesake = ({ store }: OrphanParts, name: string, listed: readonly ListedSession[]): Namesake | null => {
  try {
    const row = store.projectByName(name);
    return row && namesakeOf(row, store.attempts(row.uid)[0] ?? null, listed);
  } catch (error) {
    if (error instanceof Unreadable) return { uid: '', obstacle: 'its row cannot be read' };
    throw error;
  }
};

/** State files and manifests, as they are now: a torn one may be the very one that claims the session. */
const lookForEvidence = async ({ stateFiles, source, store }: OrphanParts): Promise<OrphanEvidence> => {
  const [files, declared] = await Promise.all([stateFiles.list(), declaredNames(source, store)]);
  return {
    stateFiles: files.seen === 'Present' ? allRead(files.value) : files.seen === 'Absent' ? present([]) : files,
    declared,
  };
};

type Listed = Awaited<ReturnType<OrphanParts['stateFiles']['list']>>;
type Entries = Extract<Listed, { seen: 'Present' }>['value'];

const allRead = (entries: Entries): OrphanEvidence['stateFiles'] => {
  for (const { file } of entries) if (file.seen === 'Unknown') return file;
  return present(entries.flatMap(({ file }) => valueOf(file) ?? []));
};
