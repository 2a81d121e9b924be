/**
 * What a decision can rest on, cut into classes: one representative for each way in which it matters to some rule.
 * `test/model/product.ts` decides every combination of phase, memory, observation and circumstance.
 */
import type { Case, DependencyState } from '../../src/api/decision.ts';
import type { Spec } from '../../src/api/manifest.ts';
import { type Memory, newMemory, type Stop } from '../../src/api/memory.ts';
import type {
  ListedPane,
  ListedSession,
  Observation,
  ObservedRun,
  OwnedSession,
  ServerIdentity,
  UntaggedSession,
} from '../../src/api/observation.ts';
import type { Attempt } from '../../src/api/project.ts';
import { absent, present, unknown } from '../../src/api/seen.ts';
import type { Now, Wait } from '../../src/api/time.ts';
import { failureHash, specHash } from '../../src/machines/spec-hash.ts';
import { OWNER, specOf, UID } from '../helpers/decision-world.ts';

export const NOW: Now = { wallMs: 1_800_000_000_000, monotonicMs: 50_000_000, bootId: 'boot-1' };

const SECOND = 1_000;
const ago = (seconds: number): Now => ({
  ...NOW,
  wallMs: NOW.wallMs - seconds * SECOND,
  monotonicMs: NOW.monotonicMs - seconds * SECOND,
});
const wait = (startedSecondsAgo: number, seconds: number): Wait => ({
  since: ago(startedSecondsAgo),
  forMs: seconds * SECOND,
});

/** Memory --------------------------------------------------------------------------------------------------------- */

/** What is remembered beside the phase; a function of the spec where it holds a hash of it. */
export type MemoryClass = (spec: Spec) => Partial<Memory>;

const ran: Partial<Memory> = { attempt: 1, primary: 'main', preflightPassed: 1 };
const running = (seconds: number): Partial<Memory> => ({ ...ran, runningSince: ago(seconds) });
const finished = (seconds: number): Partial<Memory> => ({ ...ran, finishedSince: ago(seconds) });
const stopping = (cause: Stop['cause'], rung: Stop['rung'], seconds: number): MemoryClass => {
  const end = cause === 'Finished' ? { finishedSince: ago(100) } : {};
  return () => ({ ...running(200), ...end, stop: { cause, rung, since: ago(seconds) } });
};

export const MEMORIES: Readonly<Record<string, MemoryClass>> = {
  'nothing was done yet': () => ({}),
  'pre-flight failed and its next try is not due': () => ({ preflightFailures: 1, notBefore: wait(5, 10) }),
  'the report of pre-flight was judged': () => ({ preflightFailures: 1, preflightJudged: NOW.wallMs }),
  'pre-flight passed': () => ({ preflightPassed: 1 }),
  'a start is under way': () => ({ ...ran, startingSince: ago(1) }),
  'a start is past its deadline': () => ({ ...ran, startingSince: ago(1_000) }),
  'it runs': () => running(60),
  'it has run well after failures': () => ({ ...running(700), failures: 2 }),
  'it has run for long, and was extended once': () => ({ ...running(5_000), extensions: 1, extendedMs: 60_000 }),
  'its beat is late': () => ({
    ...running(900),
    heartbeat: { life: '1/1', lastBeat: ago(400), marks: {}, stale: false, nudgedAt: null },
  }),
  'its silence was told, and it was nudged': () => ({
    ...running(900),
    heartbeat: { life: '1/1', lastBeat: ago(400), marks: {}, stale: true, nudgedAt: ago(50) },
  }),
  'a silence of another life': () => ({
    ...running(60),
    heartbeat: { life: '0/1', lastBeat: null, marks: {}, stale: true, nudgedAt: null },
  }),
  'it waits before the next start': () => ({ ...ran, failures: 2, notBefore: wait(3, 10) }),
  'its wait is over': () => ({ ...ran, failures: 2, notBefore: wait(20, 10) }),
  'one failure below the limit': () => ({ ...running(5), failures: 6 }),
  'the end of its run was counted': () => ({ ...ran, failures: 1, countedRun: '1/1002' }),
  'the end of its run was counted, and it waits': () => ({
    ...ran,
    failures: 2,
    countedRun: '1/1002',
    notBefore: wait(3, 10),
  }),
  'the loss of its session was counted': () => ({ ...ran, failures: 1, countedRun: '1/gone' }),
  'a sidecar waits for its restart': () => ({
    ...running(60),
    sidecars: { side: { failures: 2, notBefore: wait(3, 10), countedRun: '1/1004' } },
  }),
  'an older attempt than the newest that was made': () => ({ ...ran, attempt: 2 }),
  'its history was forgotten by a reset': () => ({ attempt: 1, fresh: true, notBefore: wait(1, 0) }),
  'the restart annotation was acted upon': () => ({ ...running(60), restartedAt: 'monday' }),
  'a dependency was satisfied once': () => ({ ...ran, satisfied: ['base/Running'] }),
  'asked to end, for a suspension': stopping('Suspended', 'Interrupt', 1),
  'asked to end long ago, for a suspension': stopping('Suspended', 'Interrupt', 40),
  'told to end, for a deletion': stopping('Deleted', 'Terminate', 1),
  'told to end long ago, for a restart': stopping('Restarted', 'Terminate', 40),
  'being killed, for an update': stopping('Updated', 'Kill', 1),
  'asked to end, being finished': stopping('Finished', 'Interrupt', 1),
  'being killed, being finished': stopping('Finished', 'Kill', 1),
  'it finished a moment ago': () => finished(1),
  'it finished long ago': () => finished(100_000),
  'it failed with this spec': (spec) => ({ ...finished(1), failedSpec: failureHash(spec), reason: 'PrimaryFailed' }),
  'it failed with another spec': () => ({ ...finished(1), failedSpec: 'v1-other', reason: 'PrimaryFailed' }),
  'it failed for want of a session': (spec) => ({
    ...finished(1),
    failedSpec: failureHash(spec),
    reason: 'StartDeadlineExceeded',
  }),
  'the repair of its name waits': () => ({ ...ran, repair: { since: ago(10), tries: 1, wait: wait(1, 5) } }),
  'the repair of its name was tried in vain': () => ({ ...ran, repair: { since: ago(60), tries: 3, wait: null } }),
  'the repair of its name is past the deadline': () => ({
    ...ran,
    repair: { since: ago(1_000), tries: 3, wait: wait(900, 8) },
  }),
};

/** Observation ---------------------------------------------------------------------------------------------------- */

/** What was seen, and what is on record of the attempt it is seen of. */
export interface Sight {
  readonly attempt: Attempt | null;
  readonly observation: Observation;
}

/** A function of the hash of the spec: a session is drifted, or not, by it. */
export type ObservationClass = (hash: string) => Sight;

const SERVER: ServerIdentity = { pid: 100, startTicks: 1 };
const wrapper = { pid: 1002, startTicks: 7 };

const alive: ObservedRun = {
  run: 1,
  wrapper,
  alive: true,
  command: { pid: 1003, startTicks: 7 },
  startedAt: NOW.wallMs - 60_000,
  endedAt: null,
  exitCode: null,
  signalled: false,
};
const ended = (exitCode: number | null): ObservedRun => ({ ...alive, alive: false, endedAt: NOW.wallMs - 1, exitCode });
const side = (run: ObservedRun): ObservedRun => ({ ...run, wrapper: { pid: 1004, startTicks: 8 } });

const pane = (windowName: string, run: ObservedRun): ListedPane => ({
  paneId: windowName === 'main' ? '%1' : '%2',
  windowId: windowName === 'main' ? '@1' : '@2',
  windowName,
  pid: run.wrapper?.pid ?? 1002,
  dead: !run.alive,
  deadStatus: null,
  deadSignal: null,
  piped: false,
});

const sessionOf = (hash: string, runs: Readonly<Record<string, ObservedRun>>, attempt = 1): OwnedSession => ({
  shard: 0,
  id: '$1',
  name: 'web',
  createdAt: NOW.wallMs - 60_000,
  attached: 0,
  tags: { owner: OWNER, uid: UID, project: 'web', attempt, specHash: hash },
  claimed: true,
  panes: Object.entries(runs).map(([name, run]) => pane(name, run)),
});

const attemptOf = (change: Partial<Attempt> = {}): Attempt => ({
  uid: UID,
  attempt: 1,
  shard: 0,
  sessionName: 'web',
  sessionId: '$1',
  specHash: 'v1-x',
  resumed: true,
  bootId: NOW.bootId,
  server: SERVER,
  createdAt: NOW.wallMs - 61_000,
  startedAt: NOW.wallMs - 60_000,
  endedAt: null,
  cause: null,
  ...change,
});

const nothing: Observation = {
  session: absent,
  duplicates: [],
  server: present(SERVER),
  runs: {},
  remains: present([]),
  stateFile: absent,
  untagged: absent,
  heartbeat: absent,
};

/** A session of the attempt on record, as these runs have it. */
const there =
  (
    runs: Readonly<Record<string, ObservedRun>>,
    change: Partial<Observation> = {},
    attempt: Partial<Attempt> = {},
    hash?: string,
  ): ObservationClass =>
  (own) => ({
    attempt: attemptOf(attempt),
    observation: { ...nothing, session: present(sessionOf(hash ?? own, runs)), runs, ...change },
  });

const gone =
  (change: Partial<Observation> = {}, attempt: Partial<Attempt> | null = {}): ObservationClass =>
  () => ({ attempt: attempt && attemptOf(attempt), observation: { ...nothing, ...change } });

const both = { main: alive, side: side(alive) };
const lost = { sessionName: null, sessionId: null };
const untagged = (id: string, change: Partial<UntaggedSession>): UntaggedSession => ({
  shard: 0,
  id,
  name: `found-${id.slice(1)}`,
  birthUid: null,
  paths: [],
  ...change,
});
const stateFile = (attempt: number): Observation['stateFile'] =>
  present({ uid: UID, name: 'web', attempt, shard: 0, sessionName: 'found-7', memory: newMemory });
const beats = (seconds: number): Observation['heartbeat'] =>
  present({ life: '1/1', lastBeat: ago(seconds), marks: {}, watchedSince: ago(5_000), silentSince: null });

export const OBSERVATIONS: Readonly<Record<string, ObservationClass>> = {
  'the session could not be looked for': gone({ session: unknown('no answer'), server: unknown('no answer') }),
  'leftovers could not be looked for': gone({ remains: unknown('no /proc') }),
  'leftovers beside a session could not be looked for': there(both, { remains: unknown('no /proc') }),
  'untagged sessions could not be looked at': gone({ untagged: unknown('no answer') }, lost),
  'no session, and its server gave no answer': gone({ server: unknown('no answer'), runs: both }),
  'a session, and its server gave no answer': there(both, { server: unknown('no answer') }, { sessionId: null }),
  'no session, and none was ever begun': gone({}, null),
  'no session, and one was about to be made': gone({}, { sessionId: null, server: null, startedAt: null }),
  'the session is gone from a server that lives': gone(),
  'the session is gone with its server': gone({ server: absent }),
  'the session is gone, and another server is there': gone({ server: present({ pid: 9, startTicks: 9 }) }),
  'the session is gone with the boot': gone({ server: absent }, { bootId: 'boot-0' }),
  'the session is gone, its primary had ended well': gone({ runs: { main: ended(0) } }),
  'the session is gone, its primary had failed': gone({ runs: { main: ended(1) } }),
  'the attempt is over': gone({}, { endedAt: NOW.wallMs - 1, cause: 'Exited' }),
  'the attempt is over, and processes of it live on': gone(
    { remains: present([{ pid: 9, startTicks: 9 }]) },
    { endedAt: NOW.wallMs - 1, cause: 'Exited' },
  ),
  'the state file knows a newer attempt': gone({ stateFile: stateFile(3) }),
  'the state file is damaged': gone({ stateFile: unknown('torn') }, null),
  'the name is lost, one session was born as its own': gone(
    { untagged: present([untagged('$7', { birthUid: UID })]) },
    lost,
  ),
  'the name is lost, the state file has it': gone(
    { untagged: present([untagged('$7', {})]), stateFile: stateFile(1) },
    lost,
  ),
  'the name is lost, one session works in its path': gone(
    { untagged: present([untagged('$7', { paths: ['/srv/web'] })]) },
    lost,
  ),
  'the name is lost, two sessions may be it': gone(
    { untagged: present(['$7', '$8'].map((id) => untagged(id, { paths: ['/srv/web'] }))) },
    lost,
  ),
  'the name is lost, and no session may be it': gone({ untagged: present([]) }, lost),
  'it runs with its sidecar': there(both),
  'it runs as the spec no longer says': there(both, {}, {}, 'v1-other'),
  'it runs, and one of its tags is gone': there(both, {}, {}, ''),
  'its start is seen for the first time': there(both, {}, { sessionId: null, server: null, startedAt: null }),
  'it runs, and its attempt is not on record': (hash) => ({ ...there(both)(hash), attempt: null }),
  'it runs under another name than the row has': there(both, {}, { sessionName: 'other' }),
  'a session of a later attempt than the row knows': (hash) => ({
    attempt: attemptOf(),
    observation: { ...nothing, session: present(sessionOf(hash, both, 3)), runs: both },
  }),
  'its primary is about to run': there({ main: { ...alive, wrapper: null, command: null } }),
  'people made it, no run of ours is in it': (hash) => ({
    attempt: attemptOf(),
    observation: { ...nothing, session: present(sessionOf(hash, { shell: alive })) },
  }),
  'its primary ended with 0': there({ main: ended(0), side: side(alive) }),
  'its primary ended with 1': there({ main: ended(1), side: side(alive) }),
  'its primary ended with 75': there({ main: ended(75) }),
  'its primary ended, and nobody saw how': there({ main: ended(null) }),
  'its primary ended, and the spec was changed': there({ main: ended(1) }, {}, {}, 'v1-other'),
  'its sidecar ended': there({ main: alive, side: side(ended(1)) }),
  'leftovers live beside it': there(both, { remains: present([{ pid: 9, startTicks: 9 }]) }),
  'a second session carries its uid': (hash) => {
    const seen = there(both)(hash);
    const duplicates = [{ ...sessionOf(hash, both), id: '$2', name: 'web-2' }];
    return { ...seen, observation: { ...seen.observation, duplicates } };
  },
  'its beats are fresh': there(both, { heartbeat: beats(1) }),
  'its beats are stale': there(both, { heartbeat: beats(400) }),
  'its beats could not be looked for': there(both, { heartbeat: unknown('no answer') }),
};

/** Circumstances: what is asked, what the spec says, and what the rest of the machine allows ------------------------ */

export interface Circumstance {
  readonly spec?: Record<string, unknown>;
  readonly project?: Partial<Case['project']>;
  readonly rest?: Partial<Omit<Case, 'project' | 'attempt' | 'observation' | 'now'>>;
}

const request = (verb: 'restart' | 'reset'): Circumstance => ({
  rest: { command: { id: 'c', verb, project: 'web', requestedAt: 1, acknowledgedAt: null, result: null } },
});
const report = (result: 'Pass' | 'Fail', spec: Record<string, unknown> = {}): Circumstance => ({
  spec,
  rest: {
    preflight: {
      generation: 1,
      at: NOW.wallMs,
      checks: [{ check: 'path', name: 'path', result, message: 'it is not there', remedy: 'make it' }],
    },
  },
});
const dependency = (state: DependencyState['state']): Circumstance => ({
  rest: { dependencies: [{ project: 'base', condition: 'Running', state }] },
});
const rival = (change: Partial<ListedSession>): Circumstance['rest'] => ({
  target: {
    shard: 0,
    taken: new Map([['web', { ...sessionOf('', { shell: alive }), id: '$9', tags: null, claimed: false, ...change }]]),
  },
});
const conflict = (conflictPolicy: Spec['conflictPolicy'], change: Partial<ListedSession> = {}): Circumstance => ({
  spec: { conflictPolicy },
  rest: { ...rival(change) },
});
const heartbeat = (change: Record<string, unknown>): Circumstance => ({
  spec: { heartbeat: { periodSeconds: 60, staleAfterSeconds: 300, ...change } },
});
const extension = { extensionSeconds: 60, maxExtensions: 2 };
const exit = (action: string): Circumstance => ({ spec: { exitPolicy: [{ exitCodes: [75], action }] } });

/** What people ask for now. */
export const REQUESTS: Readonly<Record<string, Circumstance>> = {
  'nothing special': {},
  'its deletion is asked': { project: { deletion: { requestedAt: 1, force: false } } },
  'its deletion is forced': { project: { deletion: { requestedAt: 1, force: true } } },
  'it is suspended': { spec: { suspend: true } },
  'a restart is asked': request('restart'),
  'a reset is asked': request('reset'),
  'a restart is asked by annotation': { project: { annotations: { 'tmuxlet.dev/restartedAt': 'tuesday' } } },
  'its manifest does not parse': { project: { manifestError: 'line 3' } },
  'it was edited since': { project: { generation: 2 } },
};

/** What people want by the spec. */
export const POLICIES: Readonly<Record<string, Circumstance>> = {
  'it always restarts': { spec: { restartPolicy: 'Always' } },
  'it never restarts': { spec: { restartPolicy: 'Never' } },
  'exit code 75 completes': exit('Complete'),
  'exit code 75 fails': exit('Fail'),
  'exit code 75 restarts, and counts for nothing': exit('Ignore'),
  'it never resumes': { spec: { resumePolicy: 'Never' } },
  'a changed spec restarts it': { spec: { updatePolicy: 'Restart' } },
  'it is killed without grace': { spec: { terminationGracePeriodSeconds: 0 } },
  'its ended session is kept for a while': { spec: { sessionRetentionSeconds: 600 } },
  'it is archived when finished': { spec: { ttlSecondsAfterFinished: 3_600 } },
  'it has a deadline': { spec: { activeDeadlineSeconds: 1_000 } },
  'it has a deadline that beats extend': {
    spec: { activeDeadlineSeconds: 1_000, ...heartbeat(extension).spec },
  },
  'it has a deadline that beats extend as far as is usual': {
    spec: { activeDeadlineSeconds: 1_000, ...heartbeat({ ...extension, adaptive: true }).spec },
  },
  'stale beats are told': heartbeat({ onStale: 'Alert' }),
  'stale beats have it nudged': heartbeat({ onStale: 'Nudge' }),
  'stale beats have it restarted': heartbeat({ onStale: 'Restart' }),
  'stale beats fail it': heartbeat({ onStale: 'Fail' }),
};

/** What a start waits for. */
export const HINDRANCES: Readonly<Record<string, Circumstance>> = {
  'a dependency is not ready': dependency('Waiting'),
  'a dependency does not exist': dependency('NotFound'),
  'a dependency has failed': dependency('Failed'),
  'pre-flight has passed': report('Pass'),
  'pre-flight has found a fault': report('Fail'),
  'pre-flight has found a fault, and only warns': report('Fail', { preflight: { mode: 'Warn' } }),
  'pre-flight is skipped': { spec: { preflight: { mode: 'Skip' } } },
  'it has no place in its queue': { project: { admittedAt: null } },
  'the machine is full': { rest: { machineHold: 'no pseudo-terminals are left' } },
  'too many starts are under way': { rest: { startSlots: 0 } },
  'no server could take a session': { rest: { target: null } },
  'the fleet is held': { rest: { fleetHold: 'most resumes fail' } },
  'its last act went wrong': { rest: { trouble: 'no space' } },
};

/** Who else has its name, and whether tmuxlet may mend anything. */
export const CLAIMS: Readonly<Record<string, Circumstance>> = {
  'its name is taken, and it takes another': conflict('Rename'),
  'its name is taken, and it fails': conflict('Fail'),
  'its name is taken, and it adopts what it cannot look into': conflict('Adopt'),
  'its name is taken by another installation, and it replaces that': conflict('Replace', { claimed: true }),
  'its name is taken in its own path, and it adopts that': conflict('Adopt', { id: '$7' }),
  'its name is taken, and it replaces that': conflict('Replace', { id: '$7' }),
  'mending is off': { rest: { mending: false } },
  'mending is off, and it is archived when finished': {
    spec: { ttlSecondsAfterFinished: 3_600 },
    rest: { mending: false },
  },
  'mending is off, and its name is taken in its own path': {
    spec: { conflictPolicy: 'Adopt' },
    rest: { ...rival({ id: '$7' }), mending: false },
  },
};

/** The spec and its hash under a circumstance: the same for all that is combined with it. */
export const settingOf = (circumstance: Circumstance) => {
  const windows = [
    { name: 'main', command: 'work' },
    { name: 'side', command: 'watch' },
  ];
  const spec = specOf({ session: { windows }, ...circumstance.spec });
  return { circumstance, spec, hash: specHash('web', spec) };
};

export type Setting = ReturnType<typeof settingOf>;

/** All that a decision rests on, from one class of each dimension. */
export const caseOf = (memory: Memory, sight: Sight, { circumstance, spec }: Setting): Case => ({
  project: {
    uid: UID,
    name: 'web',
    labels: {},
    annotations: {},
    generation: 1,
    resourceVersion: 1,
    spec,
    file: '/manifests/web.json',
    manifestError: null,
    createdAt: NOW.wallMs - 100_000_000,
    deletion: null,
    admittedAt: NOW.wallMs - 90_000_000,
    ...circumstance.project,
    memory,
  },
  ...sight,
  runs: [],
  command: null,
  dependencies: [],
  preflight: null,
  startSlots: 5,
  target: { shard: 0, taken: new Map() },
  rivals: [],
  fleetHold: null,
  mending: true,
  trouble: null,
  ownerId: OWNER,
  now: NOW,
  ...circumstance.rest,
});
