import { dirname } from 'node:path';
import type { Holder } from '../../../src/api/ports/world.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

/** What a lock's holder has said of himself: it stays when he is killed. */
export type HolderNote = Omit<Holder, 'held'>;

interface KernelLock {
  holder: Process | null;
  /** The newest acquisition's. */
  token: number;
  note: HolderNote | null;
}

/** Locks by absolute path; each is free as soon as the process that holds it is gone. */
export class KernelLocks {
  readonly #surroundings: Surroundings;
  readonly #locks = new Map<string, KernelLock>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** The token of this acquisition, or null when a process has it, be it the same. */
  take(path: string, holder: Process): number | null {
    if (this.holderOf(path) !== null) return null;
    const lock = this.#locks.get(path) ?? { holder, token: 0, note: null };
    lock.holder = holder;
    lock.token += 1;
    this.#locks.set(path, lock);
    this.#surroundings.changed();
    return lock.token;
  }

  /** The process that has it. */
  holderOf(path: string): Process | null {
    const holder = this.#locks.get(path)?.holder ?? null;
    return holder?.isLive ? holder : null;
  }

  /** The newest acquisition's. */
  tokenOf(path: string): number {
    return this.#locks.get(path)?.token ?? 0;
  }

  free(path: string): void {
    const lock = this.#locks.get(path);
    if (lock === undefined) return;
    lock.holder = null;
    this.#surroundings.changed();
  }

  /** Its file is deleted: who holds it holds what nobody else can find. */
  forget(path: string): void {
    this.#locks.delete(path);
    this.#surroundings.changed();
  }

  /** Null: none, or damaged. */
  noteOf(path: string): HolderNote | null {
    return this.#locks.get(path)?.note ?? null;
  }

  setNote(path: string, note: HolderNote | null): void {
    const lock = this.#locks.get(path);
    if (lock !== undefined) lock.note = note;
  }

  /** The locks in a directory, held or not, in order. */
  in(directory: string): readonly string[] {
    return [...this.#locks.keys()].filter((path) => dirname(path) === directory).sort();
  }
}
