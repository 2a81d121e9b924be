import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../api/errors.ts';
import type { ServerIdentity } from '../../api/observation.ts';
import { absent, present, unknown } from '../../api/seen.ts';
import type { Seen } from '../../api/seen.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import { identify, isAlive } from '../processes/stat.ts';
import { heldSockets, holderOf } from './held-sockets.ts';
import type { ServerRecord } from './server-records.ts';

/** How long a server may take to make its socket anew, or to be gone when it is dying. */
const REVIVE_WITHIN_MS = 1000;
const LOOK_EVERY_MS = 20;

/** The recorded server, if it still lives. */
export const livingServer = (record: ServerRecord | null, bootId: string): ServerIdentity | null =>
  record !== null && record.bootId === bootId && isAlive(record.server) ? record.server : null;

/**
 * Is there a server behind the socket? Present: it accepts connections. Absent is proven: connecting fails,
 * the recorded server is gone, and no process holds a socket of that path. All else is Unknown.
 * A server that lives without its socket (failure 65), on record or not, is asked to make it anew, if `mayRevive`.
 */
export const seekServer = async (
  socket: string,
  record: ServerRecord | null,
  bootId: string,
  mayRevive: boolean,
): Promise<Seen<true>> => {
  let answer = await knock(socket);
  const lost = answer === 'Refused' && mayRevive ? await lostServer(socket, record, bootId) : null;
  if (lost !== null) {
    askForSocket(lost);
    const until = performance.now() + REVIVE_WITHIN_MS;
    while (answer === 'Refused' && isAlive(lost) && performance.now() < until) {
      await pause(LOOK_EVERY_MS);
      answer = await knock(socket);
    }
  }
  if (answer === 'Accepted') return present(true);
  if (answer !== 'Refused') return unknown(answer.trouble);
  const living = livingServer(record, bootId);
  if (living !== null) return unknown(`tmux server ${living.pid} lives, but not on ${socket}`);
  if ((await heldSockets()).has(socket)) return unknown(`a process still holds the unreachable socket ${socket}`);
  return absent;
};

/**
 * Whose socket it was: the recorded server, or where the record was lost with the state directory, the one that
 * holds it. One on record that lives elsewhere is not to be mixed up with any other.
 */
const lostServer = async (
  socket: string,
  record: ServerRecord | null,
  bootId: string,
): Promise<ServerIdentity | null> => {
  const living = livingServer(record, bootId);
  if (living === null) return holderOf(socket);
  return record?.socket === socket ? living : null;
};

/**
 * The identity of the server that answered. Throws when another one, recorded and alive, is the shard's: its
 * sessions must not be taken for gone because a second server took its socket.
 */
export const identityOf = (pid: number, living: ServerIdentity | null): ServerIdentity => {
  const server = identify(pid);
  if (server === null) throw new TmuxError('Unreachable', `the tmux server that answers (${pid}) is no live process`);
  if (living !== null && (living.pid !== server.pid || living.startTicks !== server.startTicks)) {
    const message = `tmux server ${pid} answers in place of ${living.pid}, which still lives: end one of them`;
    throw new TmuxError('Unreachable', message);
  }
  return server;
};

/** tmux makes its socket anew on this signal. A server that is gone is not signalled. */
export const askForSocket = (server: ServerIdentity | null): void => {
  if (server !== null && isAlive(server)) process.kill(server.pid, 'SIGUSR1');
};

type Knock = 'Accepted' | 'Refused' | { readonly trouble: string };

/** Cheaper than any client of tmux: an absent server costs next to nothing. */
const knock = (socket: string): Promise<Knock> =>
  new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve('Accepted');
    });
    connection.once('error', (error: NodeJS.ErrnoException) => {
      const refused = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      resolve(refused ? 'Refused' : { trouble: `${socket} cannot be reached: ${messageOf(error)}` });
    });
  });
