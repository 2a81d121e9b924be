import { isDeepStrictEqual } from 'node:util';
import type { Action } from '../api/action.ts';
import type { Case, Plan } from '../api/decision.ts';
import type { LockPurpose } from '../api/lock.ts';
import { valueOf } from '../api/seen.ts';
import { elapsedMs, type Now } from '../api/time.ts';
import type { Phase } from '../api/phase.ts';
import type { Store, StoreWrites } from '../api/ports/store.ts';
import type { Clock, Locks } from '../api/ports/world.ts';
import type { ProjectRow } from '../api/project.ts';
import type { Source, Tracer } from '../api/trace.ts';
import { messageOf } from '../api/errors.ts';
import { concernsAdmission } from '../machines/admission.ts';
import { decide } from '../machines/project/decide.ts';
import { caseOf } from './case.ts';
import { execute, type Executors } from './executors/executors.ts';
import { Heartbeats } from './heartbeats.ts';
import { Life } from './life.ts';
import { LockWaits } from './lock-waits.ts';
import { type Controller, type Outcome, settled } from './loop.ts';
import { observe, type Senses, type Sight } from './observe.ts';
import type { Passes } from './pass.ts';
import { lockPurpose, takeLock } from './project-lock.ts';

export interface ProjectParts extends Senses {
  readonly store: Store;
  readonly clock: Clock;
  readonly locks: Locks;
  readonly executors: Executors;
  readonly trace: Tracer;
  readonly passes: Passes;
  readonly ownerId: string;
  readonly maxConcurrentStarts: number;
  readonly shardSize: number;
  readonly externalTmuxServers?: number;
  readonly dryRun: boolean;
  readonly stateSyncDryRun: boolean;
  /** Has a Project looked at. */
  readonly wake: (uid: string, why: string) => void;
  /** Has a queue looked at. */
  readonly wakeQueue: (queue: string) => void;
  /** Has the resumes of all Projects looked at together. */
  readonly wakeFleet: () => void;
}

/** A plan that is committed, and the row it was decided on. */
interface Committed {
  readonly row: ProjectRow;
  readonly plan: Plan;
}

/** Nothing was committed: the plan acts on the session, for which the Project's lock is needed. */
interface LockNeeded {
  readonly row: ProjectRow;
  readonly needs: LockPurpose;
}

/** The heart: one Project at a time, observed, decided, committed, executed. */
export class ProjectController implements Controller {
  readonly name = 'project';
  /** Who looks at the same time shares one look at tmux, and one scan of the processes. */
  readonly workers = 48;
  readonly #parts: ProjectParts;
  /** What each Project's last pass did: the same again at once would be a hot loop (failure 71). */
  readonly #lastSteps = new Map<string, string>();
  /** What went wrong when each Project's last plan was acted upon. */
  readonly #troubles = new Map<string, string>();
  readonly #lockWaits: LockWaits;
  readonly #life: Life;
  /** The beats of every Project, for people too. */
  readonly heartbeats: Heartbeats;
  /** Projects that wait for other starts to finish. */
  readonly #throttled = new Set<string>();
  /** Those of them that were woken since one has, and have not been looked at yet. */
  readonly #invited = new Set<string>();

  constructor(parts: ProjectParts) {
    this.#parts = parts;
    this.#lockWaits = new LockWaits(parts);
    this.#life = new Life(parts);
    this.heartbeats = new Heartbeats(parts);
  }

  async reconcile({ key: uid, since }: { key: string; since: number }): Promise<Outcome> {
    const { store, passes } = this.#parts;
    const row = store.project(uid);
    if (row === null) {
      this.#forget(uid);
      return settled;
    }
    passes.concerns(row.name, row.memory.attempt);
    const attempt = row.memory.attempt > 0 ? store.attempt(uid, row.memory.attempt) : null;
    const sight = await observe(this.#parts, this.heartbeats, row, attempt, since);
    this.#tellSources(sight);
    this.#watchRuns(uid, sight);
    return this.#underLock(uid, sight);
  }

  /**
   * Commits without the Project's lock what does without it. Else the lock is taken, and all is decided anew under it:
   * locks come before the database, never inside a transaction.
   */
  async #underLock(uid: string, sight: Sight): Promise<Outcome> {
    const first = this.#decideAndCommit(uid, sight, this.#parts.dryRun);
    if (first === null) return settled;
    if ('plan' in first) {
      this.#lockWaits.over(uid);
      return this.#carryOut(first);
    }
    const { row, needs } = first;
    const lock = takeLock(this.#parts, row.name, needs);
    if (lock === null) return this.#lockWaits.wait(this.#caseOf(row, sight), needs);
    const refusedSince = this.#lockWaits.over(uid);
    if (refusedSince !== null) this.#tellWaited(row.name, needs, refusedSince);
    try {
      const committed = this.#decideAndCommit(uid, sight, true);
      return committed !== null && 'plan' in committed ? await this.#carryOut(committed) : settled;
    } finally {
      lock.release();
    }
  }

  #tellWaited(name: string, purpose: LockPurpose, since: Now): void {
    const { trace, clock } = this.#parts;
    trace({ trace: 'LockWaited', name, purpose, waitedMs: elapsedMs(since, clock.now()) });
  }

  /** Read anew: whatever was written since the observation began is decided upon too. Null when the row is gone. */
  #decideAndCommit(uid: string, sight: Sight, mayAct: boolean): Committed | LockNeeded | null {
    const { store, clock } = this.#parts;
    return store.transaction((writes) => {
      const row = store.project(uid);
      if (row === null) return null;
      const plan = this.#decide(row, sight);
      const needs = mayAct ? null : lockPurpose(plan, row);
      if (needs !== null) return { row, needs };
      this.#commit(writes, row, plan, clock.now().wallMs);
      return { row, plan };
    });
  }

  async #carryOut({ row, plan }: Committed): Promise<Outcome> {
    const { store, passes } = this.#parts;
    passes.concerns(row.name, plan.memory.attempt);
    this.#announce(row, plan);
    const forgets = plan.actions.some((action) => action.kind === 'ForgetProject');
    const stopped = forgets && row.deletion?.force !== true ? store.attempt(row.uid, plan.memory.attempt) : null;
    const acted = await this.#execute(row, plan.actions);
    if (acted && forgets) this.#tellOfAbsence(row, stopped?.endedAt === null);
    return this.#outcome(row.uid, plan, acted);
  }

  /** Pure reading and deciding: everything asynchronous has been observed before. */
  #decide(row: ProjectRow, sight: Sight): Plan {
    return decide(this.#caseOf(row, sight));
  }

  #caseOf(row: ProjectRow, sight: Sight): Case {
    return caseOf(this.#parts, row, sight, this.#troubles.get(row.uid) ?? null);
  }

  /** Status and intent before the act (I4); a pass that changes nothing writes nothing (I7). */
  #commit(writes: StoreWrites, row: ProjectRow, plan: Plan, at: number): void {
    if (!isDeepStrictEqual(plan.memory, row.memory)) writes.setMemory(row.uid, row.resourceVersion, plan.memory);
    if (Object.keys(plan.attempt).length > 0) writes.applyAttempt(row.uid, plan.attempt);
    if (plan.acknowledge) writes.acknowledge(plan.acknowledge.id, at, plan.acknowledge.result);
    for (const event of plan.events) writes.recordEvent(event, at);
  }

  #announce(row: ProjectRow, plan: Plan): void {
    const { trace, wake, wakeQueue, wakeFleet, store } = this.#parts;
    const from = row.memory.phase;
    const to = plan.memory.phase;
    const actions = plan.actions.map((action) => action.kind);
    trace({ trace: 'Planned', name: row.name, rule: plan.rule, message: plan.memory.message, actions });
    for (const event of plan.events) trace({ trace: 'EventRecorded', event });
    this.#life.tell(row, plan);
    const { conditions } = plan.memory;
    this.heartbeats.tell(
      row.uid,
      conditions.some(({ type, status }) => type === 'Stalled' && status === 'True'),
    );
    if (plan.memory.reason === 'StartThrottled') this.#throttled.add(row.uid);
    else this.#throttled.delete(row.uid);
    this.#passTurnOn(row.uid, to);
    // Who waited for something else, and now for a place, may have no other phase for it.
    if (row.memory.queuedSince === null && plan.memory.queuedSince !== null) wakeQueue(row.spec.queue);
    if (from === to) return;
    trace({ trace: 'Committed', uid: row.uid, name: row.name, rule: plan.rule, from, to });
    if (concernsAdmission(row.admittedAt !== null, to)) wakeQueue(row.spec.queue);
    wakeFleet();
    for (const dependent of store.dependents(row.name)) wake(dependent, `${row.name} is ${to}`);
    if (from === 'Starting') this.#wakeThrottled();
  }

  /** Its place is free, and who depends on it must say that it is not found. */
  #tellOfAbsence(row: ProjectRow, wasOpen: boolean): void {
    const { store, wake, wakeQueue } = this.#parts;
    this.#life.forgotten(row, wasOpen);
    wakeQueue(row.spec.queue);
    for (const dependent of store.dependents(row.name)) wake(dependent, `${row.name} was deleted`);
  }

  /** A start has finished: as many of those that waited for one may try as there is room for; the others wait on. */
  #wakeThrottled(): void {
    const { store, maxConcurrentStarts, wake } = this.#parts;
    const room = Math.max(1, maxConcurrentStarts - store.startingBeside('') - this.#invited.size);
    for (const uid of [...this.#throttled].slice(0, room)) {
      this.#throttled.delete(uid);
      this.#invited.add(uid);
      wake(uid, 'a start has finished');
    }
  }

  /** Who was woken to start and does not gives his turn to the next. */
  #passTurnOn(uid: string, phase: Phase): void {
    if (this.#invited.delete(uid) && phase !== 'Starting' && !this.#throttled.has(uid)) this.#wakeThrottled();
  }

  /** In order, and no further than the first failure. False when there was nothing to do. */
  async #execute(row: ProjectRow, actions: readonly Action[]): Promise<boolean> {
    const { trace, clock, executors, dryRun } = this.#parts;
    for (const action of actions) {
      const began = clock.now().monotonicMs;
      const tell = (result: 'success' | 'error' | 'dry_run', error?: unknown): void =>
        trace({
          trace: 'ActionDone',
          kind: action.kind,
          name: row.name,
          result,
          ms: clock.now().monotonicMs - began,
          ...(error === undefined ? {} : { error }),
        });
      try {
        await execute(executors, action);
        tell(dryRun ? 'dry_run' : 'success');
      } catch (error) {
        tell('error', error);
        this.#surface(row, `${action.kind}: ${messageOf(error)}`);
        throw error;
      }
    }
    this.#troubles.delete(row.uid);
    return actions.length > 0 && !dryRun;
  }

  /**
   * After acts the world has changed: look again at once. The very same step twice in a row gets nowhere, and is
   * slowed down by the queue's back-off. Records and checks alone change nothing outside.
   */
  #outcome(uid: string, plan: Plan, acted: boolean): Outcome {
    const acts = acted ? plan.actions.filter(({ kind }) => kind !== 'RecordState' && kind !== 'RunPreflight') : [];
    const requeueAfterMs = acts.length > 0 ? 0 : plan.requeueAfterMs;
    const step = `${plan.rule} ${JSON.stringify(acts)}`;
    const repeated = requeueAfterMs === 0 && this.#lastSteps.get(uid) === step;
    this.#lastSteps.set(uid, step);
    return plan.retry || repeated ? { retry: true, requeueAfterMs: null } : { retry: false, requeueAfterMs };
  }

  /** Which parts of the observation got an answer, for health and metrics. */
  #tellSources({ observation, listings }: Sight): void {
    const { trace } = this.#parts;
    const { session, server, remains, stateFile, heartbeat } = observation;
    const silent = listings.map(({ sessions }) => sessions).find(({ seen }) => seen === 'Unknown');
    for (const [source, seen] of Object.entries({
      session: silent ?? session,
      server,
      remains,
      stateFile,
      heartbeat,
    })) {
      if (seen.seen === 'Unknown') trace({ trace: 'Unknown', source: source as Source, reason: seen.reason });
      else trace({ trace: 'Observed', source: source as Source });
    }
  }

  /** What failed is told in an event and, by the next pass, in a condition (failure 30); then it is tried again. */
  #surface(row: ProjectRow, trouble: string): void {
    const { store, clock, trace } = this.#parts;
    this.#troubles.set(row.uid, trouble);
    const event = { type: 'Warning', reason: 'ActionFailed', message: trouble, object: `Project/${row.name}` } as const;
    store.transaction((writes) => writes.recordEvent(event, clock.now().wallMs));
    trace({ trace: 'EventRecorded', event });
  }

  #watchRuns(uid: string, { observation }: Sight): void {
    const session = valueOf(observation.session);
    if (!session || this.#parts.dryRun) return;
    const { attempt } = session.tags;
    for (const [window, run] of Object.entries(observation.runs)) {
      if (!run.alive) continue;
      this.#parts.runs.watch({ uid, attempt, window, run: run.run }, () =>
        this.#parts.wake(uid, `the run of window ${window} ended`),
      );
    }
  }

  #forget(uid: string): void {
    this.#lastSteps.delete(uid);
    this.#troubles.delete(uid);
    this.#lockWaits.over(uid);
    this.#life.forget(uid);
    this.#throttled.delete(uid);
    this.#passTurnOn(uid, 'Terminating');
    this.heartbeats.forget(uid);
  }
}
