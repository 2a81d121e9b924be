import type { Stats } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../api/errors.ts';
import type { NewWindow } from '../../api/ports/tmux.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import { saysAbsent } from '../absent-file.ts';
import { askedInTime } from '../asked-paths.ts';

/** Looks at a path. */
type Look = (path: string) => Promise<Pick<Stats, 'isDirectory'>>;

/**
 * tmux says nothing of a working directory that is not there, and runs the command in the home directory;
 * nor of a log whose folder is missing. So the one is refused (`Refused`), and the other made.
 */
export const windowPreparer = (look: Look = askedInTime((path) => stat(path))) => {
  const problemOf = async (cwd: string): Promise<string | null> => {
    try {
      return (await look(cwd)).isDirectory() ? null : `there is no directory ${cwd}`;
    } catch (error) {
      return saysAbsent(error) ? `there is no directory ${cwd}` : messageOf(error);
    }
  };
  return async ({ name, cwd, logFile }: NewWindow): Promise<void> => {
    const problem = await problemOf(cwd);
    if (problem !== null) throw new TmuxError('Refused', `window "${name}": ${problem}`);
    if (logFile !== null) await mkdir(dirname(logFile), { recursive: true, mode: 0o700 });
  };
};
