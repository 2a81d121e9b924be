import { isAbsolute, join } from 'node:path';
import { UserError } from '../../api/errors.ts';
import { Name } from '../../api/manifest.ts';
import type { RunKey } from '../../api/ports/runs.ts';

/** The files of one run. */
export interface RunFiles {
  readonly directory: string;
  /** The script that becomes the command; holds its environment. */
  readonly start: string;
  readonly journal: string;
  /** The FIFO that the wrapper holds open while it lives. */
  readonly alive: string;
  /** Touched by the command to show that it gets on. */
  readonly heartbeat: string;
}

const UID = /^[A-Za-z0-9][-A-Za-z0-9]{0,63}$/;
const NUMBER = /^[1-9]\d*$/;

/** Names below the state directory; every part is checked, so that none leads out of it. */
export const runPaths = (stateDir: string) => {
  if (!isAbsolute(stateDir)) throw new UserError(`the state directory must be an absolute path, not "${stateDir}"`);
  const attempts = join(stateDir, 'attempts');

  const projectDir = (uid: string): string => join(attempts, checked('uid', uid, UID.test(uid)));
  const attemptDir = (uid: string, attempt: number): string =>
    join(projectDir(uid), checked('attempt', String(attempt), Number.isSafeInteger(attempt) && attempt >= 0));
  const windowDir = (uid: string, attempt: number, window: string): string =>
    join(attemptDir(uid, attempt), checked('window', window, isWindow(window)));

  return {
    fifos: join(stateDir, 'fifos'),
    projectDir,
    attemptDir,
    windowDir,
    run({ uid, attempt, window, run }: RunKey): RunFiles {
      const isNumber = Number.isSafeInteger(run) && run >= 1;
      const directory = join(windowDir(uid, attempt, window), checked('run', String(run), isNumber));
      const file = (name: string): string => join(directory, name);
      return {
        directory,
        start: file('start'),
        journal: file('journal'),
        alive: file('alive'),
        heartbeat: file('heartbeat'),
      };
    },
  };
};

export type RunPaths = ReturnType<typeof runPaths>;

/** Of the names in a directory, those that are numbers, the largest first. */
export const numbersIn = (names: readonly string[]): number[] =>
  names
    .filter((name) => NUMBER.test(name))
    .map(Number)
    .sort((a, b) => b - a);

/** Can a window of this name have runs of ours? */
export const isWindow = (name: string): boolean => Name.safeParse(name).success;

const checked = (what: string, part: string, good: boolean): string => {
  if (!good) throw new Error(`"${part}" cannot be the ${what} of a run: it names a directory`);
  return part;
};
