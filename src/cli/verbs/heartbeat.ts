import { isAbsolute } from 'node:path';
import { Command } from 'commander';
import { saysAbsent } from '../../adapters/absent-file.ts';
import { writeHeartbeat } from '../../adapters/runs/heartbeat-file.ts';
import { messageOf, UserError } from '../../api/errors.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';

interface Options {
  readonly progress?: string;
}

export const heartbeatCommand = (act: Act): Command =>
  new Command('heartbeat')
    .description('say from inside a window that its command gets on; needs no controller')
    .option('--progress <text>', 'how far it has got, shown by describe')
    .action(act(heartbeat));

const heartbeat = async ({ io }: Context, { progress }: Options): Promise<void> => {
  const file = io.env['TMUXLET_HEARTBEAT_FILE'] ?? '';
  if (!isAbsolute(file)) {
    throw new UserError(
      'this is no window of tmuxlet: TMUXLET_HEARTBEAT_FILE is not set. Call it from a command that tmuxlet started',
      2,
    );
  }
  try {
    await writeHeartbeat(file, progress ?? null, io.now());
  } catch (error) {
    if (saysAbsent(error))
      throw new UserError(`the run of this window is forgotten: ${file} has no directory any more`);
    throw new UserError(`the heartbeat could not be written: ${messageOf(error)}`);
  }
};
