import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../api/decision.ts';
import { type BeginCause, isUnasked, type RestartCause } from '../api/life.ts';
import type { Memory } from '../api/memory.ts';
import { isTerminal } from '../api/phase.ts';
import type { StoreReader } from '../api/ports/store.ts';
import type { Clock } from '../api/ports/world.ts';
import type { ProjectRow } from '../api/project.ts';
import { elapsedMs, type Now } from '../api/time.ts';
import type { Tracer } from '../api/trace.ts';

export interface LifeParts {
  readonly store: Pick<StoreReader, 'attempts' | 'runs'>;
  readonly clock: Clock;
  readonly trace: Tracer;
}

/** An end of a primary that nobody asked for, and the back-off that follows it. */
interface Mending {
  readonly endedAt: Now;
  readonly backoffMs: number;
}

/**
 * Tells what becomes of attempts and runs, as the committed plans say it. Everything is told from what is stored,
 * but for how long a repair takes: of one that was under way when the controller started that is not known.
 */
export class Life {
  readonly #parts: LifeParts;
  readonly #mending = new Map<string, Mending>();

  constructor(parts: LifeParts) {
    this.#parts = parts;
  }

  /** To be told of every plan, once it is committed, with the row it was decided on. */
  tell(row: ProjectRow, plan: Plan): void {
    this.#attempts(row, plan);
    this.#ends(row, plan);
    this.#runs(row, plan);
    this.#places(row, plan);
    this.#askedFor(row, plan);
  }

  /** The Project is gone; the attempt that was open went with it, stopped before. */
  forgotten({ uid, name }: ProjectRow, wasOpen: boolean): void {
    this.forget(uid);
    if (wasOpen) this.#parts.trace({ trace: 'AttemptEnded', name, cause: 'Deleted' });
  }

  forget(uid: string): void {
    this.#mending.delete(uid);
  }

  #attempts({ uid, name, memory }: ProjectRow, { attempt, events }: Plan): void {
    const { trace } = this.#parts;
    const tell = (cause: BeginCause): void => trace({ trace: 'AttemptBegan', name, cause });
    // An intent that is planned anew is the same attempt.
    if (attempt.begin && attempt.begin.attempt > memory.attempt) tell(this.#causeBefore(uid, attempt.begin.attempt));
    if (attempt.seen && events.some(({ reason }) => reason === 'Adopted')) tell('Adopted');
    if (attempt.end) trace({ trace: 'AttemptEnded', name, cause: attempt.end.cause });
  }

  #causeBefore(uid: string, attempt: number): BeginCause {
    const before = this.#parts.store.attempts(uid).find((each) => each.attempt < attempt);
    if (before === undefined) return attempt === 1 ? 'First' : 'Unknown';
    return before.cause ?? 'Unknown';
  }

  /** A primary has ended: from here on its repair is timed, unless the end was asked for or is the last one. */
  #ends({ uid, memory: before }: ProjectRow, { memory: after, attempt }: Plan): void {
    const cause = attempt.end?.cause ?? (after.countedRun === before.countedRun ? null : 'Exited');
    if (cause !== null && isUnasked(cause) && !isTerminal(after.phase)) {
      this.#mending.set(uid, { endedAt: this.#parts.clock.now(), backoffMs: after.notBefore?.forMs ?? 0 });
      return;
    }
    const mending = this.#mending.get(uid);
    if (mending === undefined) return;
    if (isTerminal(after.phase) || after.phase === 'Suspended' || isStoppedByRequest(after)) this.forget(uid);
    else this.#mending.set(uid, { ...mending, backoffMs: mending.backoffMs + newBackoffMs(before, after) });
  }

  /** A run is seen once: when its primary is seen running, or has ended before it was. */
  #runs({ uid, name, memory: before }: ProjectRow, { memory: after }: Plan): void {
    if (before.runningSince !== null) return;
    const began = after.runningSince !== null;
    if (!began && after.countedRun === before.countedRun) return;
    const restart = after.restarts > before.restarts ? this.#restart(uid, after) : null;
    const mending = began ? this.#mending.get(uid) : undefined;
    if (began) this.forget(uid);
    const repairMs = mending
      ? Math.max(0, elapsedMs(mending.endedAt, this.#parts.clock.now()) - mending.backoffMs)
      : null;
    this.#parts.trace({ trace: 'RunSeen', name, restart, repairMs });
  }

  #restart(uid: string, { attempt, primary }: Memory): { cause: RestartCause; inItsWindow: boolean } {
    const runs = this.#parts.store.runs(uid, attempt);
    const inItsWindow = runs.some(({ window, endedAt }) => window === primary && endedAt !== null);
    if (inItsWindow) return { cause: 'Exited', inItsWindow };
    const before = this.#parts.store.attempts(uid).find((each) => each.attempt < attempt);
    return { cause: before?.cause ?? 'Unknown', inItsWindow };
  }

  #places({ name, spec, admittedAt, memory }: ProjectRow, plan: Plan): void {
    const since = memory.queuedSince;
    if (since === null || plan.memory.queuedSince !== null || admittedAt === null) return;
    const waitedMs = Math.max(0, admittedAt - since.wallMs);
    this.#parts.trace({ trace: 'PlaceGiven', name, queue: spec.queue, waitedMs });
  }

  /** A restart by annotation is a person's act as much as one by command, which is told where it comes in. */
  #askedFor({ memory: before }: ProjectRow, { memory: after, acknowledge }: Plan): void {
    if (after.restartedAt === before.restartedAt || acknowledge !== null) return;
    this.#parts.trace({ trace: 'Intervened', verb: 'restart' });
  }
}

const isStoppedByRequest = ({ stop }: Memory): boolean => stop !== null && !isUnasked(stop.cause);

/** The back-off that this plan begins. */
const newBackoffMs = (before: Memory, after: Memory): number =>
  after.notBefore === null || isDeepStrictEqual(after.notBefore, before.notBefore) ? 0 : after.notBefore.forMs;
