import { isDeepStrictEqual } from 'node:util';
import type { Action, ActionKind } from '../api/action.ts';
import type { Case, DependencyState, Plan, Target } from '../api/decision.ts';
import { valueOf } from '../api/seen.ts';
import type { Phase } from '../api/phase.ts';
import { type Store, type StoreReader, type StoreWrites, Unreadable } from '../api/ports/store.ts';
import type { Clock, HeldLock, Locks } from '../api/ports/world.ts';
import type { ProjectRow } from '../api/project.ts';
import type { Tracer } from '../api/trace.ts';
import { place } from '../machines/placement.ts';
import { decide } from '../machines/project/decide.ts';
import { execute, type Executors } from './executors/executors.ts';
import { type Controller, type Outcome, settled } from './loop.ts';
import { observe, type Senses, type Sight } from './observe.ts';

export interface ProjectParts extends Senses {
  readonly store: Store;
  readonly clock: Clock;
  readonly locks: Locks;
  readonly executors: Executors;
  readonly trace: Tracer;
  readonly ownerId: string;
  readonly maxConcurrentStarts: number;
  readonly shardSize: number;
  readonly dryRun: boolean;
  /** Has a Project looked at. */
  readonly wake: (uid: string, why: string) => void;
  /** Has a queue looked at. */
  readonly wakeQueue: (queue: string) => void;
}

/** Acts under the Project's lock, with the purpose its holder information shows. The others touch records only. */
const PURPOSES: Partial<Record<ActionKind, string>> = {
  StartSession: 'start',
  AdoptSession: 'adopt',
  RespawnWindow: 'start',
  InterruptSession: 'stop',
  SignalProcesses: 'stop',
  KillSession: 'stop',
  ForgetProject: 'delete',
};

const purposeOf = (actions: readonly Action[]): string | undefined =>
  actions.map((action) => PURPOSES[action.kind]).find((purpose) => purpose !== undefined);

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

/** The heart: one Project at a time, observed, decided, committed, executed. */
export class ProjectController implements Controller {
  readonly name = 'project';
  readonly workers = 16;
  readonly #parts: ProjectParts;
  /** What each Project's last pass did: the same again at once would be a hot loop (failure 71). */
  readonly #lastActions = new Map<string, string>();
  /** Projects that wait for other starts to finish. */
  readonly #throttled = new Set<string>();

  constructor(parts: ProjectParts) {
    this.#parts = parts;
  }

  async reconcile({ key: uid, since }: { key: string; since: number }): Promise<Outcome> {
    const { store } = this.#parts;
    const row = store.project(uid);
    if (row === null) {
      this.#forget(uid);
      return settled;
    }
    const attempt = row.memory.attempt > 0 ? store.attempt(uid, row.memory.attempt) : null;
    const sight = await observe(this.#parts, row, attempt, since);
    this.#tellSources(sight);
    this.#watchRuns(uid, sight);
    // Decided once to learn whether the lock is needed: locks come before the database, never inside a transaction.
    const purpose = purposeOf(this.#decide(row, sight).actions);
    const lock = purpose === undefined ? null : this.#lock(row.name, purpose);
    if (lock === 'busy') return { retry: true, requeueAfterMs: null };
    try {
      return await this.#commitAndExecute(uid, sight);
    } finally {
      lock?.release();
    }
  }

  #lock(name: string, purpose: string): HeldLock | null | 'busy' {
    if (this.#parts.dryRun) return null;
    return this.#parts.locks.tryAcquire(name, purpose) ?? 'busy';
  }

  async #commitAndExecute(uid: string, sight: Sight): Promise<Outcome> {
    const { store, clock } = this.#parts;
    const committed = store.transaction((writes) => {
      // Read anew: whatever was written since the observation began is decided upon too.
      const row = store.project(uid);
      if (row === null) return null;
      const plan = this.#decide(row, sight);
      this.#commit(writes, row, plan, clock.now().wallMs);
      return { row, plan };
    });
    if (committed === null) return settled;
    const { row, plan } = committed;
    this.#announce(row, plan);
    const acted = await this.#execute(row, plan.actions);
    if (acted && plan.actions.some((action) => action.kind === 'ForgetProject')) this.#tellOfAbsence(row);
    if (plan.retry) return { retry: true, requeueAfterMs: null };
    return acted ? this.#afterActions(uid, plan) : { retry: false, requeueAfterMs: plan.requeueAfterMs };
  }

  /** Pure reading and deciding: everything asynchronous has been observed before. */
  #decide(row: ProjectRow, sight: Sight): Plan {
    const { store, clock, ownerId, maxConcurrentStarts } = this.#parts;
    const { uid, memory } = row;
    const attempt = memory.attempt > 0 ? store.attempt(uid, memory.attempt) : null;
    const current: Case = {
      project: row,
      attempt,
      runs: memory.attempt > 0 ? store.runs(uid, memory.attempt) : [],
      command: store.pendingCommand(row.name),
      dependencies: dependenciesOf(store, row),
      preflight: store.preflight(uid),
      startSlots: maxConcurrentStarts - store.startingBeside(uid),
      observation: sight.observation,
      target: this.#target(row, sight, attempt !== null && attempt.endedAt === null ? attempt.shard : null),
      ownerId,
      now: clock.now(),
    };
    return decide(current);
  }

  #target(row: ProjectRow, { observation, listings }: Sight, intended: number | null): Target | null {
    if (observation.session.seen !== 'Absent') return null;
    const { store, shardSize } = this.#parts;
    const shard = intended ?? place(listings, store.openingByShard(), shardSize);
    if (shard === null) return null;
    const sessions = listings
      .filter((listing) => listing.shard === shard)
      .flatMap(({ sessions: seen }) => valueOf(seen) ?? []);
    const others = sessions.filter((session) => session.tags?.uid !== row.uid);
    return { shard, taken: new Map(others.map((session) => [session.name, session])) };
  }

  /** Status and intent before the act (I4); a pass that changes nothing writes nothing (I7). */
  #commit(writes: StoreWrites, row: ProjectRow, plan: Plan, at: number): void {
    if (!isDeepStrictEqual(plan.memory, row.memory)) writes.setMemory(row.uid, row.resourceVersion, plan.memory);
    if (Object.keys(plan.attempt).length > 0) writes.applyAttempt(row.uid, plan.attempt);
    if (plan.acknowledge) writes.acknowledge(plan.acknowledge.id, at, plan.acknowledge.result);
    for (const event of plan.events) writes.recordEvent(event, at);
  }

  #announce(row: ProjectRow, plan: Plan): void {
    const { trace, wake, wakeQueue, store } = this.#parts;
    const from = row.memory.phase;
    const to = plan.memory.phase;
    const actions = plan.actions.map((action) => action.kind);
    trace({ trace: 'Planned', name: row.name, rule: plan.rule, message: plan.memory.message, actions });
    for (const event of plan.events) trace({ trace: 'EventRecorded', event });
    if (plan.memory.reason === 'StartThrottled') this.#throttled.add(row.uid);
    if (from === to) return;
    trace({ trace: 'Committed', uid: row.uid, name: row.name, rule: plan.rule, from, to });
    wakeQueue(row.spec.queue);
    for (const dependent of store.dependents(row.name)) wake(dependent, `${row.name} is ${to}`);
    if (from === 'Starting') this.#wakeThrottled();
  }

  /** Its place is free, and who depends on it must say that it is not found. */
  #tellOfAbsence(row: ProjectRow): void {
    const { store, wake, wakeQueue } = this.#parts;
    wakeQueue(row.spec.queue);
    for (const dependent of store.dependents(row.name)) wake(dependent, `${row.name} was deleted`);
  }

  /** A start has finished: those that waited for one may try; the others wait on. */
  #wakeThrottled(): void {
    const waiting = [...this.#throttled].slice(0, this.#parts.maxConcurrentStarts);
    for (const uid of waiting) {
      this.#throttled.delete(uid);
      this.#parts.wake(uid, 'a start has finished');
    }
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
      if (dryRun) {
        tell('dry_run');
        continue;
      }
      try {
        await execute(executors, action);
        tell('success');
      } catch (error) {
        tell('error', error);
        throw error;
      }
    }
    return actions.length > 0 && !dryRun;
  }

  /** The world has changed: look again. The very same acts twice in a row are slowed down by the queue's back-off. */
  #afterActions(uid: string, plan: Plan): Outcome {
    const acts = JSON.stringify(
      plan.actions.filter((action) => action.kind !== 'RecordState' && action.kind !== 'RunPreflight'),
    );
    const repeated = acts !== '[]' && this.#lastActions.get(uid) === acts;
    this.#lastActions.set(uid, acts);
    if (repeated) return { retry: true, requeueAfterMs: null };
    // Records alone change nothing outside: no need to look before the plan says so.
    return { retry: false, requeueAfterMs: acts === '[]' ? plan.requeueAfterMs : 0 };
  }

  #tellSources({ listings }: Sight): void {
    const { trace } = this.#parts;
    const silent = listings.map(({ sessions }) => sessions).find((sessions) => sessions.seen === 'Unknown');
    if (silent) trace({ trace: 'Unknown', source: 'session', reason: silent.reason });
    else trace({ trace: 'Observed', source: 'session' });
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
    this.#lastActions.delete(uid);
    this.#throttled.delete(uid);
  }
}
