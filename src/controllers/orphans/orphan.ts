import { isDeepStrictEqual } from 'node:util';
import type { NewEvent } from '../../api/event.ts';
import type { ListedSession, OwnedSession } from '../../api/observation.ts';
import type { OrphanRow } from '../../api/orphan.ts';
import { type Outcome, settled } from '../loop.ts';
import { takeLock } from '../project-lock.ts';
import { adoptOrphan } from './adopt-orphan.ts';
import { endOrphan, finishOrphan } from './end-orphan.ts';
import { judge, type Judged } from './look.ts';
import { aboutSession, type OrphanParts, type SessionKey } from './orphan-parts.ts';

const again: Outcome = { retry: true, requeueAfterMs: null };

/**
 * One session of ours that no Project seems to claim: judged, remembered, and ended or adopted where every reason
 * not to is gone. Between judging and acting it is judged once more, under the lock of its name.
 */
export const reconcileOrphan = async (parts: OrphanParts, key: SessionKey, since: number): Promise<Outcome> => {
  const judged = await look(parts, key, since);
  if (judged === 'Unknown') return again;
  if (judged === 'Gone') return seeOut(parts, key);
  if (judged.verdict === 'KillOrphan' || judged.verdict === 'AdoptOrphan') return act(parts, key, judged);
  return judged.verdict === 'Unknown' ? again : { retry: false, requeueAfterMs: judged.lookAgainMs };
};

const look = async (parts: OrphanParts, key: SessionKey, since: number): Promise<Judged | 'Gone' | 'Unknown'> => {
  const seen = await judge(parts, key, since);
  if (seen.seen === 'Unknown') return 'Unknown';
  if (seen.seen === 'Absent') return 'Gone';
  remember(parts, key, seen.value);
  return seen.value;
};

const isOurs = (session: ListedSession): session is OwnedSession => session.tags !== null;

const act = async (parts: OrphanParts, key: SessionKey, { verdict, session }: Judged): Promise<Outcome> => {
  const purpose = verdict === 'KillOrphan' ? 'orphan-kill' : 'adopt';
  const lock = takeLock(parts, session.tags?.project ?? '', purpose);
  if (lock === null) return again;
  try {
    const judged = await look(parts, key, parts.clock.now().monotonicMs);
    // What has changed since is for the next pass.
    if (judged === 'Unknown' || judged === 'Gone' || judged.verdict !== verdict) return again;
    if (judged.row === null || !isOurs(judged.session)) return again;
    if (verdict === 'KillOrphan') await endOrphan(parts, judged.session, judged.row);
    else await adoptOrphan(parts, judged.session, judged);
    return settled;
  } finally {
    lock.release();
  }
};

/** A session that is gone is forgotten, once all that was to follow its end has been done. */
const seeOut = async (parts: OrphanParts, { shard, sessionId }: SessionKey): Promise<Outcome> => {
  const row = parts.store.orphan(shard, sessionId);
  if (row === null) return settled;
  if (row.verdict !== 'KillOrphan') {
    parts.store.transaction((writes) => writes.forgetOrphan(shard, sessionId));
    return settled;
  }
  if (parts.settings.dryRun !== null) return settled;
  const lock = takeLock(parts, row.project, 'orphan-kill');
  if (lock === null) return again;
  try {
    await finishOrphan(parts, row, 'it was gone when looked for again');
    return settled;
  } finally {
    lock.release();
  }
};

/** Writes what is news, and nothing when there is none (I7). What is meant to be done is written before it (I4). */
const remember = ({ store, clock, trace }: OrphanParts, { shard, sessionId }: SessionKey, { row }: Judged): void => {
  const before = store.orphan(shard, sessionId);
  if (isDeepStrictEqual(before, row)) return;
  const events = row === null ? [] : newsOf(before, row);
  store.transaction((writes) => {
    if (row === null) writes.forgetOrphan(shard, sessionId);
    else writes.putOrphan(row);
    for (const event of events) writes.recordEvent(event, clock.now().wallMs);
  });
  for (const event of events) trace({ trace: 'EventRecorded', event });
};

const newsOf = (before: OrphanRow | null, row: OrphanRow): readonly NewEvent[] => {
  const isNew = before === null || before.createdAt !== row.createdAt || before.uid !== row.uid;
  const what = `session ${row.name} (${row.sessionId}) carries our tag and uid ${row.uid} of Project ${row.project}`;
  const found = isNew ? [aboutSession(row, 'Warning', 'OrphanFound', `${what}, which no row has`)] : [];
  const isKept = row.verdict === 'OrphanKept' && (isNew || before.verdict !== row.verdict);
  return [...found, ...(isKept ? [aboutSession(row, 'Normal', 'OrphanKept', `${what}; kept: ${row.message}`)] : [])];
};
