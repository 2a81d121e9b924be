import type { Clock } from '../api/ports/world.ts';
import type { Tracer } from '../api/trace.ts';

/** A key handed to a worker. */
export interface Work {
  readonly key: string;
  /** Monotonic time of the newest add this answers: what is observed later than this is new enough. */
  readonly since: number;
}

/** client-go's default per-key limits: 5 ms, doubled with each failure, up to 1000 s; ours caps sooner. */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 30_000;

/**
 * A queue of keys with the semantics of client-go's workqueue (util/workqueue/queue.go and its delaying
 * and rate-limiting layers).
 *
 * INVARIANTS
 * - A key is in `waiting` (to be handed out) at most once, however often it is added: adds are merged.
 * - A key is never with two workers: what is added while being processed becomes dirty, and is handed
 *   out again after `done`.
 * - Of several delayed adds of one key only the earliest fires.
 * - After `shutDown` nothing is added; workers that wait get null.
 */
export class WorkQueue {
  readonly name: string;
  readonly #clock: Clock;
  readonly #trace: Tracer;
  /** Keys to hand out, in order of their first add, with the time of that add. */
  readonly #waiting = new Map<string, number>();
  /** Keys with a worker, and since when. */
  readonly #processing = new Map<string, number>();
  /** Keys added while being processed. */
  readonly #dirty = new Map<string, number>();
  readonly #delayed = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  readonly #workers: ((work: Work | null) => void)[] = [];
  readonly #idle: (() => void)[] = [];
  #shutDown = false;

  constructor(name: string, clock: Clock, trace: Tracer) {
    this.name = name;
    this.#clock = clock;
    this.#trace = trace;
  }

  /** Keys waiting to be handed out. */
  get depth(): number {
    return this.#waiting.size;
  }

  /** How long each key under way has been with its worker, in milliseconds. */
  get unfinishedMs(): readonly number[] {
    const now = this.#clock.now().monotonicMs;
    return [...this.#processing.values()].map((since) => now - since);
  }

  /** Delayed keys that come due within `ms`. */
  dueWithin(ms: number): readonly string[] {
    const until = this.#clock.now().monotonicMs + ms;
    return [...this.#delayed].filter(([, { at }]) => at <= until).map(([key]) => key);
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#processing.size === 0;
  }

  add(key: string): void {
    if (this.#shutDown) return;
    const now = this.#clock.now().monotonicMs;
    if (this.#processing.has(key)) {
      this.#dirty.set(key, now);
      return;
    }
    const known = this.#waiting.has(key);
    // Map keeps the place in line of a key that is set again: only its time is renewed.
    this.#waiting.set(key, now);
    if (!known) this.#tell({ change: 'added', depth: this.depth });
    this.#handOut();
  }

  /** Adds after `ms`; an earlier delayed add of the key stands, a later one is replaced. */
  addAfter(key: string, ms: number): void {
    if (this.#shutDown) return;
    if (ms <= 0) return this.add(key);
    const at = this.#clock.now().monotonicMs + ms;
    const pending = this.#delayed.get(key);
    if (pending && pending.at <= at) return;
    pending?.cancel();
    const cancel = this.#clock.after(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }

  /** Adds after the key's own exponential back-off. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#tell({ change: 'retried' });
    this.addAfter(key, Math.min(BASE_DELAY_MS * 2 ** Math.min(failures, 30), MAX_DELAY_MS));
  }

  /** The key did well: its next failure waits the base delay again. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  numRequeues(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The next key, when there is one; null after shutDown. Each must be answered with `done`. */
  get(): Promise<Work | null> {
    return new Promise((resolve) => {
      this.#workers.push(resolve);
      this.#handOut();
    });
  }

  done(key: string): void {
    const started = this.#processing.get(key);
    if (started === undefined) return;
    this.#processing.delete(key);
    this.#tell({ change: 'done', workedMs: this.#clock.now().monotonicMs - started });
    const since = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (since !== undefined && !this.#shutDown) {
      this.#waiting.set(key, since);
      this.#tell({ change: 'added', depth: this.depth });
    }
    this.#handOut();
    this.#tellIdle();
  }

  /** Resolves when no key waits or is under way (delayed ones do not count). */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#tellIdle();
    });
  }

  /** Nothing is handed out any more. Resolves when what is under way is done. */
  async shutDown(): Promise<void> {
    this.#shutDown = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#waiting.clear();
    for (const worker of this.#workers.splice(0)) worker(null);
    await this.idle();
  }

  #handOut(): void {
    if (this.#shutDown) {
      for (const worker of this.#workers.splice(0)) worker(null);
      return;
    }
    while (this.#workers.length > 0) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [key, since] = next;
      this.#waiting.delete(key);
      const now = this.#clock.now().monotonicMs;
      this.#processing.set(key, now);
      this.#tell({ change: 'started', depth: this.depth, waitedMs: now - since });
      this.#workers.shift()?.({ key, since });
    }
  }

  #tellIdle(): void {
    if (!this.isIdle) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #tell(change: Extract<Parameters<Tracer>[0], { trace: 'Queue' }>['change']): void {
    this.#trace({ trace: 'Queue', queue: this.name, change });
  }
}
