import type { Action } from '../../src/api/action.ts';
import type { Case, Command, DependencyState, Plan, PreflightReport, Rival } from '../../src/api/decision.ts';
import { API_VERSION, ProjectManifest, type Spec } from '../../src/api/manifest.ts';
import { newMemory } from '../../src/api/memory.ts';
import type {
  ListedSession,
  ObservedRun,
  OwnedSession,
  ProcessIdentity,
  ServerIdentity,
  StateFile,
  UntaggedSession,
} from '../../src/api/observation.ts';
import type { Attempt, ProjectRow, Run } from '../../src/api/project.ts';
import { absent, present, type Seen, unknown } from '../../src/api/seen.ts';
import type { Now } from '../../src/api/time.ts';
import { type BeatLook, type BeatWatch, watchBeats } from '../../src/machines/project/heartbeat/watch.ts';
import { decide } from '../../src/machines/project/decide.ts';

export const OWNER = 'owner-1';
export const UID = '00000000-0000-4000-8000-000000000001';

/** A spec with one window `main`, from what a test gives of it. */
export const specOf = (given: Record<string, unknown> = {}): Spec =>
  ProjectManifest.parse({
    apiVersion: API_VERSION,
    kind: 'Project',
    metadata: { name: 'web' },
    spec: { path: '/srv/web', session: { windows: [{ name: 'main', command: 'work' }] }, ...given },
  }).spec;

interface Pane {
  windowName: string;
  pid: number;
  dead: boolean;
}

/**
 * One Project's world, so small that a whole life fits in a test: no tmux, no files, no clock. Actions of
 * a plan take effect at once; what happens beside them is said by the test.
 */
export class DecisionWorld {
  row: ProjectRow;
  attempts: Attempt[] = [];
  stored: Run[] = [];
  runs: Record<string, ObservedRun> = {};
  session: { id: string; name: string; attempt: number; hash: string; panes: Pane[] } | null = null;
  server: ServerIdentity | null = { pid: 100, startTicks: 1 };
  others: ListedSession[] = [];
  remains: ProcessIdentity[] = [];
  stateFile: Seen<StateFile> = absent;
  lastBeatAt: number | null = null;
  unknown: string | null = null;
  heartbeatUnknown = false;
  /** What the controller has watched of beats; null after a start of it. */
  watch: BeatWatch | null = null;
  untagged: UntaggedSession[] = [];
  untaggedUnknown = false;
  rivals: Rival[] = [];
  fleetHold: string | null = null;
  mending = true;
  /** Respawned commands end with 1 before anybody looks. */
  diesAtOnce = false;
  trouble: string | null = null;
  command: Command | null = null;
  dependencies: DependencyState[] = [];
  preflight: PreflightReport | null = null;
  startSlots = 5;
  machineHold: string | null = null;
  forgotten = false;
  archived = false;
  now: Now = { wallMs: 1_800_000_000_000, monotonicMs: 1_000_000, bootId: 'boot-1' };
  /** Every plan made, the newest last. */
  readonly plans: Plan[] = [];
  #pids = 1000;
  #sessions = 0;
  /** What the next passes' actions do not do, by kind: to see what happens when an act has no effect. */
  readonly inert = new Set<Action['kind']>();

  constructor(spec: Spec = specOf()) {
    this.row = {
      uid: UID,
      name: 'web',
      labels: {},
      annotations: {},
      generation: 1,
      resourceVersion: 1,
      spec,
      file: '/manifests/web.json',
      manifestError: null,
      createdAt: this.now.wallMs,
      deletion: null,
      admittedAt: this.now.wallMs,
      memory: newMemory,
    };
  }

  get memory(): ProjectRow['memory'] {
    return this.row.memory;
  }

  get phase(): string {
    return this.row.memory.phase;
  }

  get plan(): Plan {
    const plan = this.plans.at(-1);
    if (plan === undefined) throw new Error('no pass was made yet');
    return plan;
  }

  get events(): string[] {
    return this.plans.flatMap((plan) => plan.events.map((event) => event.reason));
  }

  edit(spec: Record<string, unknown>): void {
    this.row = { ...this.row, spec: { ...this.row.spec, ...spec }, generation: this.row.generation + 1 };
  }

  /** The same world once more: what happens to one does not happen to the other. */
  copy(): DecisionWorld {
    const copy = new DecisionWorld(this.row.spec);
    const own = { session: structuredClone(this.session), plans: this.plans.slice(-1), inert: new Set(this.inert) };
    Object.assign(copy, this, own);
    copy.#pids = this.#pids;
    copy.#sessions = this.#sessions;
    return copy;
  }

  advance(ms: number): void {
    this.now = { ...this.now, wallMs: this.now.wallMs + ms, monotonicMs: this.now.monotonicMs + ms };
  }

  case(): Case {
    const attempt = this.attempts.find((candidate) => candidate.attempt === this.memory.attempt) ?? null;
    const session = this.#listed();
    return {
      project: this.row,
      attempt,
      runs: this.stored.filter((run) => run.attempt === this.memory.attempt),
      command: this.command,
      dependencies: this.dependencies,
      preflight: this.preflight,
      startSlots: this.startSlots,
      machineHold: this.machineHold,
      observation: {
        session: this.unknown === null ? (session ? present(session) : absent) : unknown(this.unknown),
        duplicates: [],
        server: this.unknown === null ? (this.server ? present(this.server) : absent) : unknown(this.unknown),
        runs: this.runs,
        remains: present(this.remains),
        stateFile: this.stateFile,
        untagged: this.untaggedUnknown ? unknown('no answer') : present(this.untagged),
        heartbeat: this.#beats(),
      },
      target: { shard: 0, taken: new Map(this.others.map((other) => [other.name, other])) },
      rivals: this.rivals,
      fleetHold: this.fleetHold,
      mending: this.mending,
      trouble: this.trouble,
      ownerId: OWNER,
      now: this.now,
    };
  }

  /** One pass: decide, commit, and let the actions take effect. */
  pass(): Plan {
    const plan = decide(this.case());
    this.plans.push(plan);
    this.row = { ...this.row, memory: plan.memory, resourceVersion: this.row.resourceVersion + 1 };
    this.#commitAttempt(plan);
    if (plan.acknowledge) this.command = null;
    for (const action of plan.actions) if (!this.inert.has(action.kind)) this.#act(action);
    return plan;
  }

  /** Passes until nothing is due at once; at most `limit`, so that a hot loop fails the test. */
  settle(limit = 20): this {
    for (let passes = 0; passes < limit; passes += 1) {
      const plan = this.pass();
      const acted = plan.actions.some((action) => action.kind !== 'RecordState');
      if (plan.requeueAfterMs !== 0 && !acted) return this;
    }
    throw new Error(`still busy after ${limit} passes: ${this.plan.rule}`);
  }

  /** The command of a window ends with a code. */
  exit(window: string, exitCode: number | null): void {
    const run = this.runs[window];
    if (!run) throw new Error(`window ${window} never ran`);
    this.runs = { ...this.runs, [window]: { ...run, alive: false, exitCode, endedAt: this.now.wallMs } };
    for (const pane of this.session?.panes ?? []) if (pane.windowName === window) pane.dead = true;
  }

  /** The session goes away with all its processes. */
  vanish(): void {
    for (const name of Object.keys(this.runs)) {
      const run = this.runs[name];
      if (run?.alive)
        this.runs = { ...this.runs, [name]: { ...run, alive: false, signalled: true, endedAt: this.now.wallMs } };
    }
    this.session = null;
  }

  /** The session of the attempt under way shows up, as if its start had only been slow. */
  sessionAppears(): void {
    const start = this.plans.flatMap((plan) => plan.actions).findLast((action) => action.kind === 'StartSession');
    if (start === undefined) throw new Error('nothing was started');
    this.#act(start);
  }

  serverDies(): void {
    this.vanish();
    this.server = null;
  }

  reboots(): void {
    this.vanish();
    this.server = null;
    this.now = { wallMs: this.now.wallMs + 60_000, monotonicMs: 1_000, bootId: 'boot-2' };
  }

  /** As the controller watches them: `lastBeatAt` is what the file says of itself, and only its changes count. */
  #beats(): Case['observation']['heartbeat'] {
    const { heartbeat } = this.row.spec;
    const run = this.runs['main'];
    if (!heartbeat || this.session === null || !run?.alive) return absent;
    if (this.heartbeatUnknown) return unknown('not to be read');
    const look: BeatLook = {
      life: `${this.session.attempt}/${run.run}`,
      wasRunning: this.memory.runningSince !== null,
      marks: this.lastBeatAt === null ? {} : { File: String(this.lastBeatAt) },
      sequence: null,
      progress: null,
      answeredAt: null,
    };
    this.watch = watchBeats(this.watch, look, this.memory.heartbeat, heartbeat, this.now).watch;
    return present(this.watch);
  }

  #listed(): OwnedSession | null {
    if (this.session === null) return null;
    const { id, name, attempt, hash, panes } = this.session;
    return {
      shard: 0,
      id,
      name,
      createdAt: this.now.wallMs,
      attached: 0,
      tags: { owner: OWNER, uid: UID, project: 'web', attempt, specHash: hash },
      claimed: true,
      panes: panes.map((pane, index) => ({
        ...pane,
        paneId: `%${index}`,
        windowId: `@${index}`,
        deadStatus: null,
        deadSignal: null,
        piped: true,
      })),
    };
  }

  #commitAttempt({ attempt: { begin, seen, end } }: Plan): void {
    const used = this.attempts.find((other) => other.attempt === begin?.attempt);
    // As the store: an attempt that had its session, or has ended, is not begun again.
    if (used && (used.sessionId !== null || used.endedAt !== null)) throw new Error(`attempt ${used.attempt} was used`);
    if (begin) this.attempts = [...this.attempts.filter((other) => other.attempt !== begin.attempt), begin];
    if (seen) {
      const before = this.attempts.find((other) => other.attempt === seen.attempt);
      const base: Attempt = before ?? {
        uid: UID,
        resumed: false,
        createdAt: this.now.wallMs,
        endedAt: null,
        cause: null,
        ...seen,
      };
      this.attempts = [
        ...this.attempts.filter((other) => other.attempt !== seen.attempt),
        { ...base, ...seen, endedAt: null, cause: null },
      ];
    }
    if (end) {
      this.attempts = this.attempts.map((other) =>
        other.attempt === end.attempt ? { ...other, endedAt: end.endedAt, cause: end.cause } : other,
      );
    }
  }

  #launch(window: string, run: number): Pane {
    this.#pids += 2;
    const wrapper = { pid: this.#pids, startTicks: this.#pids };
    this.runs = {
      ...this.runs,
      [window]: {
        run,
        wrapper,
        alive: true,
        command: { pid: this.#pids + 1, startTicks: this.#pids },
        startedAt: this.now.wallMs,
        endedAt: null,
        exitCode: null,
        signalled: false,
      },
    };
    return { windowName: window, pid: wrapper.pid, dead: false };
  }

  #act(action: Action): void {
    switch (action.kind) {
      case 'StartSession':
        this.server ??= { pid: this.#pids + 50_000, startTicks: 2 };
        this.runs = {};
        this.session = {
          id: `$${++this.#sessions}`,
          name: action.sessionName,
          attempt: action.tags.attempt,
          hash: action.tags.specHash,
          panes: action.windows.map((window) => this.#launch(window.name, window.run)),
        };
        if (action.replace) this.others = this.others.filter((other) => other.id !== action.replace?.sessionId);
        return;
      case 'AdoptSession': {
        this.others = this.others.filter((other) => other.id !== action.sessionId);
        this.runs = {};
        this.session = {
          id: action.sessionId,
          name: action.sessionName,
          attempt: action.tags.attempt,
          hash: action.tags.specHash,
          panes: [{ windowName: 'shell', pid: 77, dead: false }],
        };
        return;
      }
      case 'RepairTags': {
        this.untagged = this.untagged.filter((other) => other.id !== action.sessionId);
        this.session = {
          id: action.sessionId,
          name: action.sessionName,
          attempt: action.tags.attempt,
          hash: action.tags.specHash,
          panes: [this.#launch('main', 1)],
        };
        return;
      }
      case 'RespawnWindow': {
        if (this.session === null) throw new Error('respawn in a session that is gone');
        const pane = this.#launch(action.window.name, action.window.run);
        this.session.panes = [...this.session.panes.filter((other) => other.windowName !== pane.windowName), pane];
        if (this.diesAtOnce) this.exit(action.window.name, 1);
        return;
      }
      case 'SignalProcesses':
        this.remains = [];
        for (const pane of this.session?.panes ?? []) if (!pane.dead) this.exit(pane.windowName, 143);
        return;
      case 'InterruptSession':
        for (const pane of this.session?.panes ?? []) if (!pane.dead) this.exit(pane.windowName, 130);
        return;
      case 'KillSession':
        this.vanish();
        return;
      case 'RecordRun': {
        const { kind: _, screen, ...run } = action;
        this.stored = [
          ...this.stored.filter(
            (other) => other.window !== run.window || other.run !== run.run || other.attempt !== run.attempt,
          ),
          { ...run, lastLines: screen ? 'its last lines' : null },
        ];
        return;
      }
      case 'RecordState':
        this.stateFile = present(action.state);
        return;
      case 'RunPreflight':
        this.preflight = {
          generation: action.generation,
          at: Math.max(this.now.wallMs, this.preflight?.at ?? 0) + 1,
          checks: [],
        };
        return;
      case 'ForgetProject':
        this.forgotten = true;
        return;
      case 'ArchiveManifest':
        this.archived = true;
        return;
      case 'PipeWindow':
      case 'NudgeWindow':
        return;
    }
  }
}
