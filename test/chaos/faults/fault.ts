import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from '../arena.ts';
import type { Declared } from '../fleet.ts';
import { RESET_MS } from '../fleet.ts';
import { type Ledger, REPAIR_WITHIN_MS, type Window } from '../ledger.ts';
import type { Observer } from '../observer/observer.ts';
import type { Life } from '../proc.ts';
import type { Random } from '../random.ts';
import type { Supervisor } from '../supervisor.ts';
import { nowMs } from '../time.ts';
import type { Session } from '../tmux.ts';

/** What faults act on. */
export interface Scene {
  readonly arena: Arena;
  readonly ledger: Ledger;
  readonly supervisor: Supervisor;
  readonly observer: Observer;
  readonly fleet: readonly Declared[];
  readonly isRoot: boolean;
  /** The state directory is a small file system of its own. */
  readonly hasOwnDisk: boolean;
  /** Projects that a fault is busy with: no other one takes them for its own. */
  readonly taken: Set<string>;
}

/** What only one fault at a time may have in its hands. */
export type Group = 'controller' | 'servers' | 'disk';

export interface Fault {
  readonly kind: string;
  /** How often it comes, beside the others. */
  readonly weight: number;
  readonly group?: Group;
  /** Does it, and undoes what must be undone. False when there was nothing to do it to. */
  readonly inject: (scene: Scene, random: Random) => Promise<boolean>;
}

/** Looks until it is so; false when it is not in time. */
export const within = async (ms: number, check: () => boolean | Promise<boolean>, everyMs = 20): Promise<boolean> => {
  const deadline = nowMs() + ms;
  for (;;) {
    if (await check()) return true;
    if (nowMs() > deadline) return false;
    await sleep(everyMs);
  }
};

/** `PID.TICKS`, as the programs write it. */
export const lifeIn = (text: string): Life => {
  const [pid = 0, ticks = 0] = text.split('.').map(Number);
  return { pid, ticks };
};

/** Mostly one that has run for a while, so that its repair can be measured; now and then just any. */
export const aRunning = (
  { ledger, taken }: Scene,
  random: Random,
  suits: (window: Window) => boolean = () => true,
): Window | undefined => {
  const all = [...ledger.windows.values()].filter(
    (window) =>
      window.life !== null &&
      window.broken === null &&
      window.expected === 'Run' &&
      window.doneAt === null &&
      !window.isComplete &&
      !taken.has(window.project) &&
      suits(window),
  );
  const calm = all.filter(({ startedAt }) => nowMs() - startedAt > RESET_MS + 1_000);
  return random.pick(random.chance(0.85) && calm.length > 0 ? calm : all);
};

export const sessionOf = async ({ arena }: Scene, project: string): Promise<Session | undefined> =>
  (await arena.sessions()).find((session) => session.project === project && session.owner !== '');

/** A running Project with its session. */
export const aSession = async (scene: Scene, random: Random): Promise<Session | undefined> => {
  const window = aRunning(scene, random, ({ isPrimary }) => isPrimary);
  return window && sessionOf(scene, window.project);
};

/** Nobody else takes the Project while this is done. */
export const alone = async ({ taken }: Scene, project: string, work: () => Promise<boolean>): Promise<boolean> => {
  if (taken.has(project)) return false;
  taken.add(project);
  try {
    return await work();
  } finally {
    taken.delete(project);
  }
};

/** Waits until something is mended that no window shows, and writes down how long that took. */
export const mended = async (
  { ledger }: Scene,
  kind: string,
  what: string,
  check: () => boolean | Promise<boolean>,
): Promise<void> => {
  const began = nowMs();
  let left = REPAIR_WITHIN_MS;
  let looked = began;
  while (!(await check())) {
    const now = nowMs();
    // While the controller or tmux is kept from work, the time stands still.
    if (ledger.holds().length === 0) left -= now - looked;
    looked = now;
    if (left < 0) {
      ledger.violate('convergence', `${kind} (${what}): not mended within ${REPAIR_WITHIN_MS / 1000} s`);
      return;
    }
    await sleep(20);
  }
  ledger.repairs.push({ kind, ms: nowMs() - began });
};
