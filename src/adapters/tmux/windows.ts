import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { NewWindow } from '../../api/ports/tmux.ts';
import { TmuxError } from '../../api/ports/tmux.ts';

/**
 * tmux says nothing of a working directory that is not there, and runs the command in the home directory;
 * nor of a log whose folder is missing. So the one is refused (`Refused`), and the other made.
 */
export const prepareWindow = async ({ name, cwd, logFile }: NewWindow): Promise<void> => {
  const found = await stat(cwd).catch(() => null);
  if (!found?.isDirectory()) throw new TmuxError('Refused', `window "${name}": there is no directory ${cwd}`);
  if (logFile !== null) await mkdir(dirname(logFile), { recursive: true, mode: 0o700 });
};
