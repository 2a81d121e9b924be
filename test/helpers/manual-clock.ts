import type { Clock } from '../../src/api/ports/world.ts';
import type { Now } from '../../src/api/time.ts';

/** A clock that stands still until a test moves it; timers fire in order as it passes them. */
export class ManualClock implements Clock {
  #now: Now = { wallMs: 1_800_000_000_000, monotonicMs: 1_000, bootId: 'boot-1' };
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): Now {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now.monotonicMs + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that have not fired yet. */
  get timers(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const until = this.#now.monotonicMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#moveTo(Math.max(next.at, this.#now.monotonicMs));
      next.callback();
    }
    this.#moveTo(until);
  }

  #moveTo(monotonicMs: number): void {
    const ms = monotonicMs - this.#now.monotonicMs;
    this.#now = { ...this.#now, monotonicMs, wallMs: this.#now.wallMs + ms };
  }
}
