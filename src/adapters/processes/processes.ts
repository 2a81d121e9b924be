import type { Clock } from '../../api/ports/world.ts';
import type { Processes } from '../../api/ports/processes.ts';
import { type KnownMarks, scanProcesses } from './scan.ts';
import { signalAll } from './signal-tree.ts';
import { hasTerminal, identify, isAlive } from './stat.ts';
import { familyOf } from './table.ts';
import { typedInto } from './typed-into.ts';
import type { Family } from './table.ts';

interface Look {
  readonly startedAt: number;
  readonly family: Promise<Family>;
}

/**
 * The processes of this machine, by /proc.
 *
 * INVARIANTS
 * - One scan runs at a time; whoever asks meanwhile for a later one shares the one that follows it.
 * - Nothing is signalled but a process whose pid and start time were found to be ours, read again right before.
 * - Never signalled: init, this process, its ancestors.
 */
export const openProcesses = (clock: Clock): Processes => {
  const ownUser = process.getuid?.() ?? 0;
  const known: KnownMarks = new Map();
  let newest: Look | null = null;
  let next: Promise<Family> | null = null;

  const begin = (): Promise<Family> => {
    const startedAt = clock.now().monotonicMs;
    const family = scanProcesses(ownUser, known).then((entries) => familyOf(entries, process.pid));
    newest = { startedAt, family };
    return family;
  };

  const observe = (since: number): Promise<Family> => {
    if (newest !== null && newest.startedAt >= since) return newest.family;
    next ??= Promise.allSettled([newest?.family]).then(() => {
      next = null;
      return begin();
    });
    return next;
  };

  return {
    observe,
    identify,
    isAlive,
    hasTerminal,
    typedInto,
    signalTree: (uid, roots, signal, window) =>
      signalAll(async () => {
        const family = await observe(clock.now().monotonicMs);
        const found = [...family.of(uid, window), ...family.below(roots)];
        return [...new Map(found.map((process) => [process.pid, process])).values()];
      }, signal),
  };
};
