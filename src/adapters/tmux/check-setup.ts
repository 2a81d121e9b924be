import { isAbsolute } from 'node:path';
import { execa } from 'execa';
import { UserError } from '../../api/errors.ts';

/** Linux takes no more for the path of a unix socket. */
const MAX_SOCKET_BYTES = 107;

/** Throws a UserError when the path, with the number of the last shard, cannot be a socket's. */
export const assertSocketPath = (socket: string, maxShard: number): void => {
  if (!isAbsolute(socket)) throw new UserError(`the tmux socket must be an absolute path, not ${socket}`);
  if (/[\0-\x1f]/.test(socket)) throw new UserError('the tmux socket must have no control characters in its path');
  const bytes = Buffer.byteLength(`${socket}.${maxShard}`);
  if (bytes > MAX_SOCKET_BYTES) {
    const most = MAX_SOCKET_BYTES - `.${maxShard}`.length;
    throw new UserError(`the tmux socket ${socket} is too long a path for a socket: give one of at most ${most} bytes`);
  }
};

/** Throws a UserError when the program is not there. */
export const assertTmux = async (tmux: string, env: Readonly<Record<string, string>>): Promise<void> => {
  const result = await execa(tmux, ['-V'], { env, extendEnv: false, reject: false, timeout: 10_000 });
  if (result.exitCode === 0) return;
  throw new UserError(
    `${tmux} cannot be run (${result.shortMessage}): install it, for example by apt-get install tmux`,
  );
};
