import { readFile, readdir, stat } from 'node:fs/promises';
import type { RunKey } from '../../api/ports/runs.ts';
import { orAbsent } from '../absent-file.ts';
import { emptyJournal, parseJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { isWindow, numbersIn } from './paths.ts';
import type { RunFiles, RunPaths } from './paths.ts';

/** What the directory of a run tells. */
export interface RunRecord {
  readonly journal: Journal;
  /** Epoch milliseconds: when the run was made ready, moments before it was started. */
  readonly preparedAt: number | null;
  /** Epoch milliseconds of the journal's last line. */
  readonly journalledAt: number | null;
}

/** The records of runs, wherever they are kept. */
export interface RunRecords {
  /** The windows of an attempt that have runs. */
  windows(uid: string, attempt: number): Promise<readonly string[]>;
  /** The numbers of a window's runs, the largest first. */
  runs(uid: string, attempt: number, window: string): Promise<readonly number[]>;
  record(key: RunKey): Promise<RunRecord>;
}

/** The names in a directory; none when it does not exist. */
export const namesIn = (directory: string): Promise<readonly string[]> => orAbsent(readdir(directory), []);

/** When a file was last written, in epoch milliseconds; null when it does not exist. */
export const writtenAt = async (file: string): Promise<number | null> =>
  (await orAbsent(stat(file), null))?.mtime.getTime() ?? null;

export const readJournal = async (file: string): Promise<Journal> => {
  const text = await orAbsent(readFile(file, 'utf8'), null);
  return text === null ? emptyJournal : parseJournal(text);
};

const readRun = async (files: RunFiles): Promise<RunRecord> => {
  const journal = await readJournal(files.journal);
  return {
    journal,
    preparedAt: await writtenAt(files.start),
    journalledAt: journal.exitCode === null ? null : await writtenAt(files.journal),
  };
};

export const recordsIn = (paths: RunPaths): RunRecords => ({
  windows: async (uid, attempt) => (await namesIn(paths.attemptDir(uid, attempt))).filter(isWindow),
  runs: async (uid, attempt, window) => numbersIn(await namesIn(paths.windowDir(uid, attempt, window))),
  record: (key) => readRun(paths.run(key)),
});
