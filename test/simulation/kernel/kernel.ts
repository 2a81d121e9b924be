import type { Now } from '../../../src/api/time.ts';

interface Timer {
  readonly tick: number;
  readonly sequence: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

/** Midnight of a day in 2026, UTC: what people's clock shows when a run begins. */
const FIRST_WALL_MS = Date.UTC(2026, 0, 5);

/** How long a look at the clocks takes. */
const LOOK_MS = 1e-6;

/**
 * Virtual time, and the only scheduler of a run: what is due is called in order of time and then of asking, and after
 * each callback all promises that it settled run to their next wait. Nothing else in a run may wait for anything real.
 */
export class Kernel {
  #tick = 0;
  /** How often the clocks were looked at within this tick. */
  #looks = 0;
  #sequence = 0;
  #bootTick = -600_000;
  #boots = 1;
  #wallOffsetMs = FIRST_WALL_MS;
  readonly #heap: Timer[] = [];
  /** Called after each callback and all that followed from it at once. */
  afterEach: () => void = () => {};

  /** Milliseconds since the run began; never goes back. */
  get tick(): number {
    return this.#tick;
  }

  /** What the machine's clocks show. As with the real one, no two looks at the monotonic one show the same. */
  now(): Now {
    this.#looks += 1;
    return {
      wallMs: this.#tick + this.#wallOffsetMs,
      monotonicMs: this.#tick - this.#bootTick + this.#looks * LOOK_MS,
      bootId: this.bootId,
    };
  }

  get bootId(): string {
    return `00000000-0000-4000-8000-${String(this.#boots).padStart(12, '0')}`;
  }

  /** Somebody sets the wall clock, forward or back. */
  jumpWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** The machine's clocks begin anew; its processes are the machine's matter. */
  reboot(): void {
    this.#boots += 1;
    this.#bootTick = this.#tick;
  }

  /** Calls back once after `ms`, whole or not; returns how to cancel. */
  after(ms: number, callback: () => void): () => void {
    this.#sequence += 1;
    const tick = this.#tick + Math.max(0, Math.ceil(ms));
    const timer: Timer = { tick, sequence: this.#sequence, callback, isCancelled: false };
    this.#push(timer);
    return () => {
      timer.isCancelled = true;
    };
  }

  /** Lets time go by: all that is due within `ms` happens. */
  async run(ms: number): Promise<void> {
    const until = this.#tick + ms;
    for (let timer = this.#due(until); timer !== null; timer = this.#due(until)) {
      if (timer.tick > this.#tick) this.#looks = 0;
      this.#tick = timer.tick;
      timer.callback();
      await drained();
      this.afterEach();
    }
    if (until > this.#tick) this.#looks = 0;
    this.#tick = until;
  }

  #due(until: number): Timer | null {
    for (let first = this.#heap[0]; first !== undefined && first.tick <= until; first = this.#heap[0]) {
      this.#pop();
      if (!first.isCancelled) return first;
    }
    return null;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let place = heap.push(timer) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Timer;
      if (!isBefore(timer, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const below = right < heap.length && isBefore(heap[right] as Timer, heap[left] as Timer) ? right : left;
      const child = heap[below] as Timer;
      if (!isBefore(child, last)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
  }
}

const isBefore = (a: Timer, b: Timer): boolean => a.tick < b.tick || (a.tick === b.tick && a.sequence < b.sequence);

/** Node runs an immediate only when no promise is left to go on. */
const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
