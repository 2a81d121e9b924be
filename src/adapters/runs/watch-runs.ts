import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Processes } from '../../api/ports/processes.ts';
import type { RunKey } from '../../api/ports/runs.ts';
import { orAbsentSync } from '../absent-file.ts';
import { emptyJournal, parseJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import type { RunFiles, RunPaths } from './paths.ts';
import { watchFifo } from './watch-fifo.ts';
import type { Watch } from './watch-fifo.ts';

/** A dying process closes its files a moment before /proc calls it dead; it is waited for at most this long. */
const DEAD_WITHIN_MS = 1000;

interface KeptWatch extends Watch {
  readonly uid: string;
  readonly attempt: number;
  readonly run: number;
}

export interface RunWatches {
  watch(key: RunKey, ended: () => void): void;
  forget(uid: string): void;
  close(): void;
}

/**
 * The watches on runs, one a window. A watch that has fired is kept, so that asking again for the same run
 * does not fire again.
 */
export const openRunWatches = (paths: RunPaths, processes: Pick<Processes, 'isAlive'>): RunWatches => {
  const watches = new Map<string, KeptWatch>();

  const untilDead = async (files: RunFiles): Promise<void> => {
    const deadline = performance.now() + DEAD_WITHIN_MS;
    const { wrapper, exitCode } = journalNow(files);
    if (wrapper === null || exitCode !== null) return;
    while (processes.isAlive(wrapper) && performance.now() < deadline) await setTimeout(1);
  };

  // What cannot be confirmed is told too: it is a hint, and whoever follows it looks for himself.
  const confirmed = (files: RunFiles, ended: () => void): Promise<void> => untilDead(files).then(ended, ended);

  return {
    watch({ uid, attempt, window, run }, ended) {
      const id = `${uid}/${window}`;
      const kept = watches.get(id);
      if (kept?.attempt === attempt && kept.run === run) return;
      kept?.close();
      watches.delete(id);

      const files = paths.run({ uid, attempt, window, run });
      const wasStarted = (): boolean => journalNow(files).wrapper !== null;
      const watch = watchFifo(files.alive, wasStarted, () => void confirmed(files, ended));
      if (watch !== null) watches.set(id, { ...watch, uid, attempt, run });
    },

    forget(uid) {
      for (const [id, watch] of watches) {
        if (watch.uid !== uid) continue;
        watch.close();
        watches.delete(id);
      }
    },

    close() {
      for (const watch of watches.values()) watch.close();
      watches.clear();
    },
  };
};

const journalNow = (files: RunFiles): Journal =>
  orAbsentSync(() => parseJournal(readFileSync(files.journal, 'utf8')), emptyJournal);
