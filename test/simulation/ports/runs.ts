import { parseJournal } from '../../../src/adapters/runs/journal.ts';
import { observeRuns } from '../../../src/adapters/runs/observe-runs.ts';
import type { RunRecords } from '../../../src/adapters/runs/read-run.ts';
import type { Runs } from '../../../src/api/ports/runs.ts';
import type { Life } from '../kernel/life.ts';
import { diskError } from '../machine/disk.ts';
import type { Machine } from '../machine/machine.ts';
import { beatsOf } from '../machine/run-directories.ts';
import { processesOf } from './processes.ts';

/** The directories of runs on the simulated disk. What is concluded from them is the product's own. */
export const runsOf = (parts: { readonly life: Life; readonly machine: Machine }): Runs => {
  const { life } = parts;
  const { runs } = parts.machine;
  const processes = processesOf(parts);
  const { bootId } = life.clock.now();
  const watches = new Map<string, { readonly attempt: number; readonly run: number; close(): void }>();
  const trouble = (): Error => diskError('EIO', 'journal');

  const records: RunRecords = {
    windows: (uid, attempt) =>
      life.call('runs.observe', {
        effect: () => [
          ...new Set(
            runs.all
              .map(({ key }) => key)
              .flatMap((key) => (key.uid === uid && key.attempt === attempt ? [key.window] : [])),
          ),
        ],
        fails: [trouble],
        reads: true,
      }),
    runs: (uid, attempt, window) =>
      life.call('runs.observe', {
        effect: () =>
          runs.all
            .map(({ key }) => key)
            .filter((key) => key.uid === uid && key.attempt === attempt && key.window === window)
            .map(({ run }) => run)
            .sort((a, b) => b - a),
        fails: [trouble],
        reads: true,
      }),
    record: (key) =>
      life.call('runs.observe', {
        effect() {
          const directory = runs.get(key);
          const journal = parseJournal(directory?.journal ?? '');
          const journalledAt = journal.exitCode === null ? null : (directory?.journalledAt ?? null);
          return { journal, preparedAt: directory?.preparedAt ?? null, journalledAt };
        },
        fails: [trouble],
        reads: true,
      }),
  };

  return {
    async prepare(key, window, project) {
      const path = await life.call('runs.prepare', {
        effect: () => runs.prepare(key, window, project).path,
        fails: [() => diskError('ENOSPC', 'start'), () => diskError('EIO', 'start')],
      });
      return ['/bin/sh', runs.wrapper, path, ...(window.logs ? [] : ['unpiped'])];
    },

    observe: (uid, attempt, panes) => observeRuns(records, { processes, bootId }, uid, attempt, panes),

    watch(key, ended) {
      const { uid, attempt, window, run } = key;
      const id = `${uid}/${window}`;
      const kept = watches.get(id);
      if (kept?.attempt === attempt && kept.run === run) return;
      kept?.close();
      watches.delete(id);
      const directory = runs.get(key);
      if (directory === null) return;
      let isOver = false;
      const stop = runs.watch(directory, () => {
        if (!isOver) life.hint('runs.ended', ended);
        isOver = true;
      });
      watches.set(id, { attempt, run, close: stop });
    },

    heartbeat: (key) =>
      life.call('runs.heartbeat', {
        effect() {
          const directory = runs.get(key);
          const beats = directory === null ? 0 : beatsOf(directory);
          return beats === 0 ? null : { mark: `1/${beats}`, sequence: null, progress: null };
        },
        fails: [trouble],
        reads: true,
      }),

    async forget(uid) {
      for (const [id, watch] of watches) {
        if (!id.startsWith(`${uid}/`)) continue;
        watch.close();
        watches.delete(id);
      }
      await life.call('runs.forget', { effect: () => runs.forget(uid), fails: [trouble] });
    },

    close() {
      for (const watch of watches.values()) watch.close();
      watches.clear();
    },
  };
};
