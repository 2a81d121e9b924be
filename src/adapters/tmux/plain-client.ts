import { execa } from 'execa';
import { TmuxError } from '../../api/ports/tmux.ts';
import { classify } from './classify.ts';
import { toArguments } from './command.ts';
import type { TmuxCommands } from './command.ts';
import type { ClientOptions } from './link.ts';

/** Runs commands by a client of their own, which never starts a server. Dear: for when no control client is to be had. */
export const runPlain = async (options: ClientOptions, commands: TmuxCommands): Promise<readonly string[]> => {
  const { tmux, socket, configFile, env, deadlineMs } = options;
  const flags = ['-u', '-S', socket, '-f', configFile, '-N'];
  const result = await execa(tmux, [...flags, ...toArguments(commands)], {
    env,
    extendEnv: false,
    cwd: '/',
    stdin: 'ignore',
    reject: false,
    timeout: deadlineMs,
    forceKillAfterDelay: false,
    stripFinalNewline: false,
  });
  if (result.timedOut) throw new TmuxError('TimedOut', `tmux did not answer within ${deadlineMs} ms`);
  if (result.exitCode === undefined) throw new TmuxError('Unreachable', result.shortMessage ?? 'tmux could not be run');
  if (result.exitCode !== 0) throw classify(result.stderr);
  return result.stdout.split('\n').slice(0, -1);
};
