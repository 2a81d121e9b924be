import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../ledger.ts';
import { argvOf, isThere, type Life, lifeOf, pids, statOf } from '../proc.ts';

/** What runs of the fleet, by window, found by the command lines of its programs. */
export type Living = ReadonlyMap<string, readonly Life[]>;

/** A program of the fleet is told by the file it writes to; its key follows. */
const keyOf = (pid: number, beats: string): string | null => {
  const argv = argvOf(pid);
  const at = argv.indexOf(beats);
  // perl, the program, the file, the key.
  return at === 2 ? (argv[at + 1] ?? null) : null;
};

export const livingOf = (beats: string): Living => {
  const living = new Map<string, Life[]>();
  for (const pid of pids()) {
    const key = keyOf(pid, beats);
    const life = key === null ? null : lifeOf(pid);
    if (key !== null && life !== null) living.set(key, [...(living.get(key) ?? []), life]);
  }
  return living;
};

/** At most one process is a window's, and one its helper, stopped ones included (I1). */
export class OwnProcesses {
  readonly #told = new Set<string>();

  async judge(living: Living, beats: string, ledger: Ledger): Promise<void> {
    for (const [key, lives] of living) {
      if (lives.length < 2) continue;
      await sleep(50);
      const those = new Set(lives.map(({ pid }) => pid));
      // A fork looks like its parent until it has become another program.
      const isFork = ({ pid }: Life): boolean => those.has(statOf(pid)?.ppid ?? 0);
      const still = lives.filter((life) => isThere(life) && keyOf(life.pid, beats) === key && !isFork(life));
      const who = still.map(({ pid, ticks }) => `${pid}.${ticks}`).join(' and ');
      if (still.length < 2 || this.#told.has(who)) continue;
      this.#told.add(who);
      ledger.violate('I1', `${key} runs twice: ${who}`);
    }
  }
}
