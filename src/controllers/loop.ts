import { Fenced, StoreConflict } from '../api/ports/store.ts';
import type { Clock } from '../api/ports/world.ts';
import type { Tracer } from '../api/trace.ts';
import type { Passes } from './pass.ts';
import { WorkQueue, type Work } from './workqueue.ts';

/** What a pass asks of the loop. */
export interface Outcome {
  /** Something could not be had: again, with the key's back-off. */
  readonly retry: boolean;
  /** Again after so many milliseconds at the latest; 0 at once; null only when something changes. */
  readonly requeueAfterMs: number | null;
}

/** So many conflicts in a row may be chance; a plan that the store will never take shows as an error after them. */
const CHANCE_CONFLICTS = 5;

export const settled: Outcome = { retry: false, requeueAfterMs: null };

/** One kind of object and the function that makes the world match for one of them. */
export interface Controller {
  readonly name: string;
  /** How many keys are worked on side by side. */
  readonly workers: number;
  /** Looks at the whole truth of one key and mends it. Rejects when that failed; the loop tries again. */
  reconcile(work: Work, signal: AbortSignal): Promise<Outcome>;
}

/**
 * Runs a controller: takes keys from its queue, reconciles them, and puts them back as the outcome says.
 * Four outcomes, as in controller-runtime: error, retry, requeue after, settled. A key's error is its
 * own: it is traced, and tried again with back-off.
 */
export class Loop {
  readonly queue: WorkQueue;
  readonly #controller: Controller;
  readonly #clock: Clock;
  readonly #trace: Tracer;
  readonly #passes: Passes;
  readonly #abort = new AbortController();
  readonly #workers: Promise<unknown>[] = [];

  constructor(controller: Controller, clock: Clock, trace: Tracer, passes: Passes) {
    this.#controller = controller;
    this.#clock = clock;
    this.#trace = trace;
    this.#passes = passes;
    this.queue = new WorkQueue(controller.name, clock, trace);
  }

  get controller(): Controller {
    return this.#controller;
  }

  /** Called again, it begins the workers that are lacking since the controller wants more. */
  start(): void {
    while (this.#workers.length < this.#controller.workers) this.#workers.push(this.#work());
  }

  /** Lets what is under way end, and hands out nothing more. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.queue.shutDown();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    for (;;) {
      const work = await this.queue.get();
      if (work === null) return;
      await this.#passes.run(this.#controller.name, () => this.#pass(work));
    }
  }

  async #pass(work: Work): Promise<void> {
    const began = this.#clock.now().monotonicMs;
    try {
      const outcome = await this.#controller.reconcile(work, this.#abort.signal);
      this.#settle(work.key, outcome, began);
    } catch (error) {
      this.#fail(work.key, error, began);
    } finally {
      this.queue.done(work.key);
    }
  }

  #settle(key: string, outcome: Outcome, began: number): void {
    if (outcome.retry) {
      this.#tell(key, 'requeue', began);
      this.queue.addRateLimited(key);
      return;
    }
    this.queue.forget(key);
    this.#tell(key, outcome.requeueAfterMs === null ? 'success' : 'requeue_after', began);
    if (outcome.requeueAfterMs !== null) this.queue.addAfter(key, outcome.requeueAfterMs);
  }

  #fail(key: string, error: unknown, began: number): void {
    if (error instanceof Fenced) {
      this.#trace({ trace: 'Fenced', reason: error.message });
      return;
    }
    // Somebody else wrote the row meanwhile: no failure, only a reason to look again. Every time is no coincidence.
    const isChance = error instanceof StoreConflict && this.queue.numRequeues(key) < CHANCE_CONFLICTS;
    if (isChance) this.#tell(key, 'requeue', began);
    else this.#tell(key, 'error', began, error);
    this.queue.addRateLimited(key);
  }

  #tell(key: string, result: 'success' | 'error' | 'requeue' | 'requeue_after', began: number, error?: unknown): void {
    const ms = this.#clock.now().monotonicMs - began;
    const controller = this.#controller.name;
    this.#trace({ trace: 'Reconciled', controller, key, result, ms, ...(error === undefined ? {} : { error }) });
  }
}
