import { closeSync, openSync, readSync } from 'node:fs';
import type { Ledger } from '../ledger.ts';

const CHUNK = 1 << 16;

/**
 * Reads the signs of life that all windows append to one file, and judges them by their order alone: once a run of a
 * window has begun, no process of an earlier run of it may write another line (I1).
 */
export class Beats {
  readonly #fd: number;
  readonly #ledger: Ledger;
  readonly #buffer = Buffer.alloc(CHUNK);
  #rest = '';
  /** By window: lives of its runs and of their helpers, the running one's and those that must be over. */
  readonly #open = new Map<string, Set<string>>();
  readonly #closed = new Map<string, Set<string>>();
  count = 0;

  constructor(file: string, ledger: Ledger) {
    this.#fd = openSync(file, 'r');
    this.#ledger = ledger;
  }

  read(): void {
    for (;;) {
      const bytes = readSync(this.#fd, this.#buffer);
      if (bytes === 0) return;
      const lines = (this.#rest + this.#buffer.toString('latin1', 0, bytes)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
    }
  }

  #take(line: string): void {
    const [key = '', life = '', word, seconds] = line.split(' ');
    const [window = '', part] = key.split('+');
    const known = this.#ledger.windows.get(window);
    if (known === undefined) return;
    this.count += 1;
    const atMs = Number(seconds) * 1000;
    const who = part === undefined ? life : `${part} ${life}`;
    const closed = setOf(this.#closed, window);
    if (closed.has(who)) {
      this.#ledger.violate('I1', `${key}: ${life} still writes (${word}), beside ${known.life}, which began after it`);
      // Told once a life.
      closed.delete(who);
      return;
    }
    const open = setOf(this.#open, window);
    if (part === undefined && word === 'start') {
      for (const each of open) closed.add(each);
      open.clear();
      this.#ledger.started(known, life, atMs);
    }
    open.add(who);
    if (life !== known.life) return;
    known.lastBeatAt = atMs;
    if (word === 'done') this.#ledger.done(known, atMs);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

const setOf = (sets: Map<string, Set<string>>, key: string): Set<string> => {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set);
  return set;
};
