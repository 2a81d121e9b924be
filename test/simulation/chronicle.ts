import { createHash } from 'node:crypto';
import { messageOf } from '../../src/api/errors.ts';
import type { Trace } from '../../src/api/trace.ts';

/** So many of the last entries are kept. */
const KEPT = 50;

/** Known from what they lead to. */
const UNTOLD: readonly Trace['trace'][] = ['Queue', 'Observed', 'Woken', 'Beats'];

type Entry = { readonly tick: number; readonly who: string; readonly what: unknown };

/** What happened in a run: the last entries for people, and a hash of all of them. */
export class Chronicle {
  readonly #tick: () => number;
  readonly #hash: ReturnType<typeof createHash> | null;
  readonly #tell: ((line: string) => void) | null;
  #last: Entry[] = [];
  #count = 0;

  constructor(
    tick: () => number,
    options: { readonly hashed: boolean; readonly tell: ((line: string) => void) | null },
  ) {
    this.#tick = tick;
    this.#hash = options.hashed ? createHash('sha256') : null;
    this.#tell = options.tell;
  }

  /** What the controller with this pid told, or what somebody did. */
  add(who: string, what: Trace | string): void {
    if (typeof what !== 'string' && UNTOLD.includes(what.trace)) return;
    const entry = { tick: this.#tick(), who, what };
    this.#count += 1;
    this.#last.push(entry);
    if (this.#last.length >= 4 * KEPT) this.#last = this.#last.slice(-KEPT);
    if (this.#hash !== null) this.#hash.update(`${lineOf(entry)}\n`);
    this.#tell?.(lineOf(entry));
  }

  get count(): number {
    return this.#count;
  }

  /** The last lines, for people. */
  lines(): readonly string[] {
    return this.#last.slice(-KEPT).map(lineOf);
  }

  /** Ends the hash, which is asked for once. */
  digest(): string {
    return this.#hash?.digest('hex') ?? '';
  }
}

const lineOf = ({ tick, who, what }: Entry): string => `${(tick / 1000).toFixed(3)} ${who} ${textOf(what)}`;

const textOf = (what: unknown): string => {
  if (typeof what === 'string') return what;
  // The name of a pass is drawn anew in each run.
  const { trace, pass: _, ...rest } = what as Trace;
  return `${trace} ${JSON.stringify(rest, (_key, value: unknown) => (value instanceof Error ? messageOf(value) : value))}`;
};
