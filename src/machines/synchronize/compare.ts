import type { Mismatch, SkippedSource } from '../../api/mismatch.ts';
import { isTerminal } from '../../api/phase.ts';
import type { Seen } from '../../api/seen.ts';
import { elapsedMs } from '../../api/time.ts';
import { compareClaims } from './claims.ts';
import { mismatch } from './kinds.ts';
import { type Look, type Situation, situationOf } from './look.ts';
import { compareOrphans } from './orphans.ts';
import { compareSessions } from './sessions.ts';
import { compareStateFiles } from './state-files.ts';

export interface Comparison {
  /** In order of subject and type. */
  readonly mismatches: readonly Mismatch[];
  readonly skipped: readonly SkippedSource[];
}

/**
 * Compares rows, tmux sessions, state files and manifests with each other: a pure function of what was seen. A source
 * that gave no answer is skipped with all that rests on it; nothing is made of what is not known (I3).
 */
export const compare = (look: Look): Comparison => {
  const s = situationOf(look);
  const mismatches = [
    ...unreadableRows(s),
    ...compareSessions(s),
    ...compareOrphans(s),
    ...compareClaims(s),
    ...compareStateFiles(s),
    ...expiredManifests(s),
  ];
  return { mismatches: mismatches.toSorted(bySubject), skipped: skippedIn(look) };
};

const keyOf = ({ subject, type, message }: Mismatch): string => `${subject} ${type} ${message}`;
const bySubject = (a: Mismatch, b: Mismatch): number => (keyOf(a) < keyOf(b) ? -1 : 1);

const unreadableRows = (s: Situation): readonly Mismatch[] =>
  s.quarantined.map(({ uid, name, error }) => mismatch('UnreadableRow', `Project/${name}`, 'Hold', error, uid));

/** Time alone makes it one: the Project archives it, unless something keeps it from doing so. */
const expiredManifests = ({ rows, moving, declared, now, sessionsByUid }: Situation): readonly Mismatch[] =>
  rows.flatMap(({ uid, name, file, spec, memory }) => {
    const ttl = spec.ttlSecondsAfterFinished;
    const isDue =
      ttl !== undefined && memory.finishedSince !== null && elapsedMs(memory.finishedSince, now) >= ttl * 1000;
    const isThere = declared.seen === 'Present' && declared.value.has(name);
    if (!isDue || !isThere || !isTerminal(memory.phase) || moving.has(uid) || sessionsByUid.has(uid)) return [];
    return [mismatch('ExpiredManifest', `Project/${name}`, 'Archive', `finished for ${ttl} s, still in ${file}`, uid)];
  });

const skippedIn = ({ listings, paths, stateFiles, declared }: Look): readonly SkippedSource[] => {
  const skipped = (source: SkippedSource['source'], seen: Seen<unknown>, what = ''): readonly SkippedSource[] =>
    seen.seen === 'Unknown' ? [{ source, reason: `${what}${seen.reason}` }] : [];
  return [
    ...listings
      .toSorted((a, b) => a.shard - b.shard)
      .flatMap(({ shard, sessions }) => skipped('tmux', sessions, `server ${shard}: `)),
    ...skipped('tmux', paths, 'directories of sessions: '),
    ...skipped('stateFiles', stateFiles),
    ...skipped('manifests', declared),
  ];
};
