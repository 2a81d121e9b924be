import type { Clock } from '../../../src/api/ports/world.ts';
import type { Kernel } from './kernel.ts';
import type { Fault, Weather } from './weather.ts';

/** One call of a port. */
export interface Call<T> {
  /** What it does in the world, at one moment; what it throws the caller gets. Returns copies, never the world's own. */
  readonly effect: () => T;
  /** How it can fail by itself, such as an error of the disk; without any it never does. */
  readonly fails?: readonly (() => Error)[];
  /** It only looks: what it saw may be told late. */
  readonly reads?: boolean;
  /** How long the port waits for it; without one a call that hangs never ends. */
  readonly deadlineMs?: number;
  /** What it rejects with then; default: the last of `fails`. */
  readonly timedOut?: () => Error;
  /** Another effect in place of the first: some of it only. May throw. */
  readonly partial?: () => T;
}

/** A call that ends before anything else happens: `isAlive`, a lock, a transaction. */
export type InstantCall<T> = Pick<Call<T>, 'effect' | 'fails'>;

/** Thrown into what is left of a controller that has died: nothing it does matters any more. */
export class Dead extends Error {
  override readonly name = 'Dead';
}

const LONGEST_SLOW_MS = 30_000;
const LONGEST_LATE_HINT_MS = 20_000;

/**
 * One life of a controller: from its start to its crash. Everything it does to the world goes through here, where it
 * can be slow, fail, or be the moment of its death: after that no effect happens, no timer fires, no reply arrives.
 */
export class Life {
  /** Its process: locks are held by it. */
  readonly pid: number;
  readonly clock: Clock;
  readonly #kernel: Kernel;
  readonly #weather: Weather;
  readonly #died: () => void;
  #isAlive = true;
  #momentsLeft: number | null = null;
  #frozenUntil = 0;

  constructor(parts: {
    readonly pid: number;
    readonly kernel: Kernel;
    readonly weather: Weather;
    /** Called at the moment of death, once, from within whatever is being done. */
    readonly died: () => void;
  }) {
    this.pid = parts.pid;
    this.#kernel = parts.kernel;
    this.#weather = parts.weather;
    this.#died = parts.died;
    this.clock = {
      now: () => this.#kernel.now(),
      after: (ms, callback) => this.#kernel.after(ms, () => this.#awake(callback)),
    };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Dies now. */
  end(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#died();
  }

  /** Dies at the n-th of the moments to come at which a call is about to have its effect, or has just had it. */
  endAfter(moments: number): void {
    this.#momentsLeft = moments;
  }

  /** It does not die after all, and goes on if it was stopped. */
  rest(): void {
    this.#momentsLeft = null;
    this.#frozenUntil = this.#kernel.tick;
  }

  /** SIGSTOP: what it has asked for happens, and it notices later. */
  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#kernel.tick + ms);
  }

  /** A call that takes its time, and may have any fault that the weather has at this point. */
  call<T>(point: string, call: Call<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#isAlive) return;
      const { fails = [], deadlineMs, timedOut = fails.at(-1), partial } = call;
      const random = this.#weather.at(point);
      const fault = this.#weather.strikes(point, possibleFaults(call));
      const effect = fault === 'partial' && partial !== undefined ? partial : call.effect;
      const reply = (ms: number, answer: () => void): void => void this.#kernel.after(ms, () => this.#awake(answer));
      /** Does it in the world after `ms`, and has `then` deliver what came of it. */
      const act = (ms: number, then: (answer: () => void) => void): void =>
        void this.#kernel.after(ms, () => this.#act(effect, resolve, reject, then));
      const failure = (): Error => random.pick(fails)();

      if (fault === 'failsBefore') return reply(random.int(0, 50), () => reject(failure()));
      if (fault === 'failsAfter') return act(random.int(0, 3), () => reply(random.int(0, 50), () => reject(failure())));
      if (fault === 'stale') {
        const longest = Math.min(LONGEST_SLOW_MS, (deadlineMs ?? LONGEST_SLOW_MS) - 1);
        return act(0, (answer) => reply(random.int(1, longest), answer));
      }
      if (fault === 'slow') {
        const longest = Math.min(LONGEST_SLOW_MS, (deadlineMs ?? LONGEST_SLOW_MS) - 5);
        return act(random.int(1, Math.max(1, longest)), (answer) => reply(random.int(0, 3), answer));
      }
      if (fault === 'hangs') {
        if (random.chance(0.5)) act(random.int(0, 3), () => {});
        if (deadlineMs !== undefined && timedOut !== undefined) reply(deadlineMs, () => reject(timedOut()));
        return;
      }
      act(random.int(0, 2), (answer) => reply(random.int(0, 1), answer));
    });
  }

  /**
   * A call that ends at once; it can only fail, before its effect.
   * @throws Dead after death
   */
  instant<T>(point: string, { effect, fails = [] }: InstantCall<T>): T {
    if (!this.#isAlive) throw new Dead(point);
    const fault = fails.length > 0 ? this.#weather.strikes(point, ['failsBefore']) : null;
    if (fault !== null) throw this.#weather.at(point).pick(fails)();
    if (!this.#survives()) throw new Dead(point);
    const result = effect();
    if (!this.#survives()) throw new Dead(point);
    return result;
  }

  /** Something that the world tells by itself: it may come late, twice, or not at all. */
  hint(point: string, tell: () => void): void {
    const random = this.#weather.at(point);
    const fault = this.#weather.strikes(point, ['lost', 'late', 'doubled']);
    if (fault === 'lost') return;
    const deliver = (ms: number): void => void this.#kernel.after(ms, () => this.#awake(tell));
    deliver(fault === 'late' ? random.int(100, LONGEST_LATE_HINT_MS) : random.int(0, 2));
    if (fault === 'doubled') deliver(random.int(0, 1000));
  }

  #act<T>(
    effect: () => T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
    then: (answer: () => void) => void,
  ): void {
    if (!this.#isAlive || !this.#survives()) return;
    let answer: () => void;
    try {
      const value = effect();
      answer = () => resolve(value);
    } catch (error) {
      answer = () => reject(error);
    }
    if (this.#survives()) then(answer);
  }

  #survives(): boolean {
    if (this.#momentsLeft === null) return this.#isAlive;
    this.#momentsLeft -= 1;
    if (this.#momentsLeft < 0) this.end();
    return this.#isAlive;
  }

  /** Goes on as soon as the process runs; never once it is dead. */
  #awake(go: () => void): void {
    if (!this.#isAlive) return;
    const frozenMs = this.#frozenUntil - this.#kernel.tick;
    if (frozenMs > 0) this.#kernel.after(frozenMs, () => this.#awake(go));
    else go();
  }
}

const possibleFaults = ({ fails = [], reads = false, partial }: Call<unknown>): readonly Fault[] => [
  ...(fails.length > 0 ? (['failsBefore', 'failsAfter'] as const) : []),
  'slow',
  'hangs',
  ...(reads ? (['stale'] as const) : []),
  ...(partial ? (['partial'] as const) : []),
];
