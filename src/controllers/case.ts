import type { Case, DependencyState, Rival, Target } from '../api/decision.ts';
import { sessionNameOf } from '../api/manifest.ts';
import type { Phase } from '../api/phase.ts';
import { type StoreReader, Unreadable } from '../api/ports/store.ts';
import type { Clock } from '../api/ports/world.ts';
import type { ProjectRow } from '../api/project.ts';
import { valueOf } from '../api/seen.ts';
import { heldByFleet } from '../machines/fleet-breaker.ts';
import { place } from '../machines/placement.ts';
import { breakerIn } from './fleet.ts';
import type { Sight } from './observe.ts';

export interface CaseParts {
  readonly store: StoreReader;
  readonly clock: Clock;
  readonly ownerId: string;
  readonly maxConcurrentStarts: number;
  readonly shardSize: number;
  /** So many tmux servers are kept by somebody else; 0: they are ours to start. */
  readonly externalTmuxServers?: number;
  readonly stateSyncDryRun: boolean;
}

/** A row that cannot be read is there all the same: it is waited for (failure 7). */
const phaseOf = (store: StoreReader, name: string): Phase | 'Unreadable' | undefined => {
  try {
    return store.projectByName(name)?.memory.phase;
  } catch (error) {
    if (error instanceof Unreadable) return 'Unreadable';
    throw error;
  }
};

const dependenciesOf = (store: StoreReader, row: ProjectRow): readonly DependencyState[] =>
  row.spec.dependsOn.map(({ project, condition }) => {
    const phase = phaseOf(store, project);
    if (phase === 'Unreadable') return { project, condition, state: 'Waiting' };
    const satisfied = phase === 'Completed' || (condition === 'Running' && phase === 'Running');
    const state =
      phase === undefined ? 'NotFound' : satisfied ? 'Satisfied' : phase === 'Failed' ? 'Failed' : 'Waiting';
    return { project, condition, state };
  });

const targetOf = (
  { store, shardSize, externalTmuxServers }: CaseParts,
  row: ProjectRow,
  { observation, listings }: Sight,
  intended: number | null,
): Target | null => {
  if (observation.session.seen !== 'Absent') return null;
  // Who has no place starts nothing: to count the starts of all for him would be for nothing. Only whether the name is
  // still taken is told also of who failed by it.
  if (intended === null && row.admittedAt === null && row.memory.reason !== 'NameConflict') return null;
  const shard = intended ?? place(listings, store.openingByShard(), shardSize, externalTmuxServers);
  if (shard === null) return null;
  const listed = listings
    .filter((listing) => listing.shard === shard)
    .flatMap(({ sessions }) => valueOf(sessions) ?? []);
  const others = listed.filter((session) => session.tags?.uid !== row.uid);
  return { shard, taken: new Map(others.map((session) => [session.name, session])) };
};

/** One whose row cannot be read has lost a session too, and nobody knows which (failure 7). */
const rivalIn = (store: StoreReader, uid: string): readonly Rival[] => {
  try {
    const row = store.project(uid);
    return row === null ? [] : [{ path: row.spec.path, sessionName: sessionNameOf(row.name, row.spec) }];
  } catch (error) {
    if (error instanceof Unreadable) return [{ path: null, sessionName: null }];
    throw error;
  }
};

const rivalsOf = (store: StoreReader, uid: string): readonly Rival[] =>
  store
    .openAttempts()
    .filter((other) => other.sessionName === null && other.uid !== uid)
    .flatMap((other) => rivalIn(store, other.uid));

/** All that a decision rests on, read in one go: nothing in here waits, so nothing changes in between. */
export const caseOf = (parts: CaseParts, row: ProjectRow, sight: Sight, trouble: string | null): Case => {
  const { store, clock, ownerId, maxConcurrentStarts } = parts;
  const { uid, memory } = row;
  const attempt = memory.attempt > 0 ? store.attempt(uid, memory.attempt) : null;
  const starting = store.startingBeside(uid);
  return {
    project: row,
    attempt,
    runs: memory.attempt > 0 ? store.runs(uid, memory.attempt) : [],
    command: store.pendingCommand(row.name),
    dependencies: dependenciesOf(store, row),
    preflight: store.preflight(uid),
    startSlots: maxConcurrentStarts - starting,
    machineHold: sight.room && sight.room.sessions <= starting ? sight.room.limit : null,
    observation: sight.observation,
    target: targetOf(parts, row, sight, attempt !== null && attempt.endedAt === null ? attempt.shard : null),
    rivals: attempt?.sessionName === null ? rivalsOf(store, uid) : [],
    fleetHold: heldByFleet(breakerIn(store), uid),
    mending: !parts.stateSyncDryRun,
    trouble,
    ownerId,
    now: clock.now(),
  };
};
