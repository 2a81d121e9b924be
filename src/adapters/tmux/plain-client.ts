import { execFile } from 'node:child_process';
import { messageOf } from '../../api/errors.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import { classify } from './classify.ts';
import { toArguments } from './command.ts';
import type { TmuxCommands } from './command.ts';
import type { ClientOptions } from './link.ts';

/** More than any listing or screen. */
const MAX_BYTES = 2 ** 26;

/**
 * Runs commands by a client of their own, which never starts a server. Dear: for when no control client is to be
 * had. A client that is terminated says it succeeded, so nothing counts as done but what prints its last line.
 */
export const runPlain = (options: ClientOptions, commands: TmuxCommands): Promise<readonly string[]> => {
  const { tmux, socket, configFile, env, deadlineMs } = options;
  const marker = crypto.randomUUID();
  const words = toArguments([...commands, ['display-message', '-p', marker]]);
  return new Promise((resolve, reject) => {
    // Node's own, as it lets go of the pipes at the time-out: a client hands them to the server, and a server
    // that is stopped would hold them open.
    const how = { env, cwd: '/', timeout: deadlineMs, maxBuffer: MAX_BYTES, encoding: 'utf8' } as const;
    const flags = ['-u', '-S', socket, '-f', configFile, '-N'];
    const client = execFile(tmux, [...flags, ...words], how, (error, stdout, stderr) => {
      const lines = stdout.split('\n').slice(0, -1);
      if (lines.pop() === marker) resolve(lines);
      else if (client.killed) reject(new TmuxError('TimedOut', `tmux did not answer within ${deadlineMs} ms`));
      else if (typeof error?.code === 'number') reject(classify(stderr));
      else reject(new TmuxError('Unreachable', error === null ? 'the client ended early' : messageOf(error)));
    });
    client.stdin?.end();
  });
};
