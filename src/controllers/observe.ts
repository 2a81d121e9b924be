import { isDeepStrictEqual } from 'node:util';
import type {
  ListedSession,
  Observation,
  ObservedRun,
  OwnedSession,
  ServerIdentity,
  ShardListing,
} from '../api/observation.ts';
import type { ProcessTable, Processes } from '../api/ports/processes.ts';
import type { Runs } from '../api/ports/runs.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import type { HeartbeatProbe, Room, RoomLeft, StateFiles } from '../api/ports/world.ts';
import { primaryOf, sessionNameOf } from '../api/manifest.ts';
import { absent, present, type Seen, unknown, valueOf } from '../api/seen.ts';
import type { Attempt, ProjectRow } from '../api/project.ts';
import { messageOf } from '../api/errors.ts';
import type { Beating, Heartbeats } from './heartbeats.ts';

/** The world as far as a Project can be seen in it. */
export interface Senses {
  readonly tmux: Tmux;
  readonly runs: Runs;
  readonly processes: Processes;
  readonly stateFiles: StateFiles;
  readonly probe: HeartbeatProbe;
  /** Not there: nothing limits how many sessions there are. */
  readonly room?: Room;
}

/** What one pass saw: the observation, and the listings it came from. */
export interface Sight {
  readonly observation: Observation;
  readonly listings: readonly ShardListing[];
  /** Asked for when the Project may be about to start. */
  readonly room?: RoomLeft | null;
}

const noRuns: Observation['runs'] = {};

const isOwned = (session: ListedSession): session is OwnedSession => session.tags !== null;

const sessionsOf = (uid: string, listings: readonly ShardListing[]): readonly OwnedSession[] =>
  listings.flatMap((listing) =>
    (valueOf(listing.sessions) ?? []).filter(isOwned).filter((session) => session.tags.uid === uid),
  );

/** Of several sessions with one uid: the recorded one, else that of the newest attempt. */
const byClaim = (attempt: Attempt | null) => (a: OwnedSession, b: OwnedSession) => {
  const recorded = (session: OwnedSession): number =>
    attempt?.shard === session.shard && attempt.sessionId === session.id ? 1 : 0;
  return recorded(b) - recorded(a) || b.tags.attempt - a.tags.attempt;
};

/**
 * A session is Absent when the shard recorded in its attempt answered without it; with none recorded,
 * when all known shards did. A shard that is not listed has no server and never had one.
 */
const absence = (attempt: Attempt | null, listings: readonly ShardListing[]): Seen<never> => {
  const asked = attempt === null ? listings : listings.filter((listing) => listing.shard === attempt.shard);
  for (const { sessions } of asked) if (sessions.seen === 'Unknown') return sessions;
  return absent;
};

/**
 * A process that lives in a pane has a terminal, and loses it in the moment its session is killed or its
 * server dies. While one still has it, a listing without its session is not the whole truth.
 */
const witnessIn = (runs: Observation['runs'], processes: Processes): string | null => {
  const witness = Object.entries(runs).find(([, { wrapper }]) => wrapper !== null && processes.hasTerminal(wrapper));
  return witness === undefined ? null : `tmux lists no session, but window ${witness[0]} still has its terminal`;
};

/** A server gives each id once: the session of this attempt is still there, though by its tags it is not ours. */
const bareIn = (attempt: Attempt | null, listings: readonly ShardListing[]): string | null => {
  if (attempt === null || attempt.endedAt !== null || attempt.server === null) return null;
  const listing = listings.find(({ shard }) => shard === attempt.shard);
  if (listing === undefined || !isDeepStrictEqual(valueOf(listing.server), attempt.server)) return null;
  const bare = valueOf(listing.sessions)?.find(({ id, tags }) => id === attempt.sessionId && tags === null);
  return bare === undefined ? null : `session ${bare.name} (${bare.id}) is there, without its tags`;
};

const mayBeThere = (untagged: Observation['untagged'], uid: string): boolean =>
  valueOf(untagged)?.some((session) => session.birthUid === uid) ?? false;

/** Somebody's session has the name, and the policy may take it: what is in it decides. */
const isContested = ({ name, spec }: ProjectRow, listings: readonly ShardListing[]): boolean =>
  (spec.conflictPolicy === 'Adopt' || spec.conflictPolicy === 'Replace') &&
  listings.some(({ sessions }) =>
    valueOf(sessions)?.some((other) => !other.claimed && other.name === sessionNameOf(name, spec)),
  );

const serverOf = (shard: number | undefined, listings: readonly ShardListing[]): Seen<ServerIdentity> =>
  listings.find((listing) => listing.shard === shard)?.server ?? absent;

/** Looks at one Project. What fails to be seen is Unknown, never an error. `since` as in the ports. */
export const observe = async (
  { tmux, runs, processes, stateFiles, room }: Senses,
  heartbeats: Heartbeats,
  row: ProjectRow,
  attempt: Attempt | null,
  since: number,
): Promise<Sight> => {
  const [listings, stateFile] = await Promise.all([tmux.observe(since), stateFiles.read(row.name)]);
  const [claimed, ...duplicates] = sessionsOf(row.uid, listings).toSorted(byClaim(attempt));
  const listed: Seen<OwnedSession> = claimed ? present(claimed) : absence(attempt, listings);
  const number = claimed?.tags.attempt ?? attempt?.attempt ?? row.memory.attempt;
  // Where the session lives and nobody wants it to end, leftovers do not matter and are not looked for.
  const leftoversMatter =
    number > 0 && (listed.seen === 'Absent' || row.memory.stop !== null || row.memory.finishedSince !== null);
  const [seenRuns, table] = await Promise.all([
    number > 0 ? runs.observe(row.uid, number, claimed?.panes ?? []) : noRuns,
    leftoversMatter ? lookForProcesses(processes, since) : absent,
  ]);
  const witness = listed.seen === 'Absent' ? witnessIn(seenRuns, processes) : null;
  const doubt = witness ?? (listed.seen === 'Absent' ? bareIn(attempt, listings) : null);
  // A session that lost its tags, or whose row lost its name, is looked for by other evidence.
  const isLost =
    listed.seen === 'Absent' && attempt?.endedAt === null && (attempt.sessionName === null || doubt !== null);
  const untagged =
    isLost || (listed.seen === 'Absent' && isContested(row, listings)) ? await lookForUntagged(tmux, listings) : absent;
  const session = doubt === null || mayBeThere(untagged, row.uid) ? listed : unknown(doubt);
  const primary = row.memory.primary ?? primaryOf(row.spec).name;
  const observation: Observation = {
    session,
    duplicates,
    server: serverOf(claimed?.shard ?? attempt?.shard, listings),
    runs: seenRuns,
    remains: table.seen === 'Present' ? present(table.value.of(row.uid)) : table,
    stateFile,
    untagged,
    heartbeat: await heartbeats.look(row, beatingIn(row.uid, primary, claimed, seenRuns[primary])),
  };
  const mayStart = session.seen === 'Absent' && row.admittedAt !== null;
  return { observation, listings, room: mayStart && room ? await room().catch(() => null) : null };
};

const lookForProcesses = async (processes: Processes, since: number): Promise<Seen<ProcessTable>> => {
  try {
    return present(await processes.observe(since));
  } catch (error) {
    return unknown(`processes could not be listed: ${messageOf(error)}`);
  }
};

const lookForUntagged = async (tmux: Tmux, listings: readonly ShardListing[]): Promise<Observation['untagged']> => {
  const answering = listings.filter(({ sessions }) => sessions.seen === 'Present');
  try {
    return present((await Promise.all(answering.map(({ shard }) => tmux.untagged(shard)))).flat());
  } catch (error) {
    return unknown(`untagged sessions could not be looked at: ${messageOf(error)}`);
  }
};

/** The run whose beats count, while it goes on in a session that was seen. */
const beatingIn = (
  uid: string,
  window: string,
  session: OwnedSession | undefined,
  run: ObservedRun | undefined,
): Beating | null => {
  if (session === undefined || run === undefined || !run.alive) return null;
  const pane =
    session.panes.find(({ pid }) => pid === run.wrapper?.pid) ??
    session.panes.find(({ windowName }) => windowName === window);
  return {
    key: { uid, attempt: session.tags.attempt, window, run: run.run },
    pane: pane ? { shard: session.shard, paneId: pane.paneId } : null,
  };
};
