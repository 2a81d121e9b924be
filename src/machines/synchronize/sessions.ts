import { isAbsolute, join } from 'node:path';
import type { Mismatch } from '../../api/mismatch.ts';
import type { OwnedSession } from '../../api/observation.ts';
import { isTerminal } from '../../api/phase.ts';
import type { Attempt, ProjectRow } from '../../api/project.ts';
import { valueOf } from '../../api/seen.ts';
import { elapsedMs } from '../../api/time.ts';
import { mismatch } from './kinds.ts';
import { sessionKey, type Situation } from './look.ts';

/** A Project that is being started or stopped: what its records lack is under way. */
const isInMotion = ({ memory, deletion }: ProjectRow, moving: boolean): boolean =>
  moving || memory.stop !== null || deletion !== null;

const keptToBeLookedAt = ({ memory, spec }: ProjectRow, s: Situation): boolean =>
  memory.finishedSince !== null && elapsedMs(memory.finishedSince, s.now) < spec.sessionRetentionSeconds * 1000;

/** A row, its open attempt, and the sessions that carry its uid. */
export const compareSessions = (s: Situation): readonly Mismatch[] =>
  s.rows.flatMap((row) => {
    if (isInMotion(row, s.moving.has(row.uid))) return [];
    const attempt = s.openByUid.get(row.uid) ?? null;
    const [session, ...others] = s.sessionsByUid.get(row.uid) ?? [];
    if (session === undefined) return withoutSession(s, row, attempt);
    const { phase } = row.memory;
    const found = [...duplicates(row, others), ...pathMismatch(s, row, session)];
    if (isTerminal(phase)) return keptToBeLookedAt(row, s) ? found : [...found, lingers(row, session)];
    if (phase === 'Suspended') return [...found, lingers(row, session)];
    return [...found, ...withSession(row, attempt, session)];
  });

const subjectOf = (row: ProjectRow): string => `Project/${row.name}`;
const told = (session: OwnedSession): string => `session ${session.name} (${session.id})`;

const withoutSession = (s: Situation, row: ProjectRow, attempt: Attempt | null): readonly Mismatch[] => {
  // Of a start that has not been seen yet nothing is expected, and what is not listed is not known.
  if (attempt === null || s.unlisted.has(attempt.shard)) return [];
  if (attempt.sessionName === null) {
    const held = row.memory.reason === 'SessionNameMissing';
    const message = held ? row.memory.message : 'the row names no session, and none carries its uid';
    return [mismatch('MissingName', subjectOf(row), held ? 'Hold' : 'Repair', message, row.uid)];
  }
  if (attempt.startedAt === null || isTerminal(row.memory.phase)) return [];
  const message = `the row has session ${attempt.sessionName}, and tmux server ${attempt.shard} does not`;
  return [mismatch('DeadSession', subjectOf(row), 'Resume', message, row.uid)];
};

const withSession = (row: ProjectRow, attempt: Attempt | null, session: OwnedSession): readonly Mismatch[] => {
  const { tags } = session;
  const found = (...[type, decision, message]: Finding): Mismatch =>
    mismatch(type, subjectOf(row), decision, message, row.uid);
  if (attempt === null) {
    return tags.attempt < row.memory.attempt
      ? [found('AttemptDisagreement', 'Stop', `${told(session)} is of attempt ${tags.attempt}, which is over`)]
      : [found('UnrecordedSession', 'Adopt', `${told(session)} of attempt ${tags.attempt} lives unrecorded`)];
  }
  if (tags.attempt !== attempt.attempt) {
    const message = `the row is at attempt ${attempt.attempt}, ${told(session)} at ${tags.attempt}`;
    return [found('AttemptDisagreement', tags.attempt > attempt.attempt ? 'Repair' : 'Stop', message)];
  }
  const all: Mismatch[] = [];
  if (attempt.shard !== session.shard) {
    const message = `the row says tmux server ${attempt.shard}, ${told(session)} is on ${session.shard}`;
    all.push(found('ShardDisagreement', 'Repair', message));
  }
  if (attempt.sessionName === null) {
    all.push(found('MissingName', 'Repair', `the row names no session, the tag says ${session.name}`));
  } else if (attempt.sessionName !== session.name) {
    all.push(found('NameDisagreement', 'Repair', `the row says ${attempt.sessionName}, the tag ${session.name}`));
  }
  // Without an id the session is one that was just started.
  if (attempt.sessionId !== null && attempt.sessionId !== session.id && attempt.shard === session.shard) {
    all.push(found('IdDisagreement', 'Repair', `the row says ${attempt.sessionId}, the tag ${told(session)}`));
  }
  return all;
};

type Finding =
  | ['AttemptDisagreement', 'Stop' | 'Repair', string]
  | ['UnrecordedSession', 'Adopt', string]
  | ['ShardDisagreement' | 'MissingName' | 'NameDisagreement' | 'IdDisagreement', 'Repair', string];

const lingers = (row: ProjectRow, session: OwnedSession): Mismatch => {
  const type = row.memory.phase === 'Suspended' ? 'SessionOfSuspendedProject' : 'SessionOfFinishedProject';
  return mismatch(type, subjectOf(row), 'Stop', `${told(session)} lives, and it is ${row.memory.phase}`, row.uid);
};

const duplicates = (row: ProjectRow, others: readonly OwnedSession[]): readonly Mismatch[] =>
  others.length === 0
    ? []
    : [mismatch('DuplicateSession', subjectOf(row), 'Stop', `also ${others.map(told).join(', ')}`, row.uid)];

/** The directory of the first window, which is the one that tmux makes a session in. */
const pathMismatch = (s: Situation, row: ProjectRow, session: OwnedSession): readonly Mismatch[] => {
  const actual = valueOf(s.paths)?.get(sessionKey(session.shard, session.id));
  const cwd = row.spec.session.windows[0]?.cwd ?? '';
  const wanted = isAbsolute(cwd) ? cwd : join(row.spec.path, cwd);
  // An adopted session is where people made it; trailing slashes say nothing.
  if (actual === undefined || join(actual, '.') === join(wanted, '.')) return [];
  const message = `${told(session)} was made in ${actual}, the spec says ${wanted}: it counts from the next start`;
  return [mismatch('PathMismatch', subjectOf(row), 'Report', message, row.uid)];
};
