import { unlinkSync } from 'node:fs';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UserError } from '../api/errors.ts';

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * Listens on a unix socket of mode 0600. The file that a dead controller left is replaced, a live one's never.
 * @throws UserError (exit code 75) when somebody answers there
 */
export const listenUnix = async (server: Server, path: string): Promise<void> => {
  if (await answers(path)) throw new UserError(`a controller answers on ${path} already`, 75);
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  // The kernel makes the socket within `listen`, before anything else of this process can run.
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
  await listening(server, path, 'a --state-dir where you may write');
};

/** @throws UserError when the address cannot be listened on */
export const listenTcp = async (server: Server, { host, port }: { host: string; port: number }): Promise<number> => {
  server.listen(port, host);
  await listening(server, `${host}:${port}`, 'another --listen HOST:PORT (port 0: any free one)');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
};

const listening = async (server: Server, address: string, remedy: string): Promise<void> => {
  try {
    await once(server, 'listening');
  } catch (error) {
    const why = codeOf(error) === 'EADDRINUSE' ? 'it is in use' : messageOf(error);
    throw new UserError(`cannot listen on ${address}: ${why}; give ${remedy}`);
  }
};

/**
 * Does anybody accept connections on this unix socket?
 * @throws UserError when that cannot be known
 */
export const answers = async (path: string): Promise<boolean> => {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ECONNREFUSED') return false;
    throw new UserError(`cannot reach the controller: ${messageOf(error)}`);
  } finally {
    socket.destroy();
  }
};

/** Takes nothing new, and after the grace cuts off what is left. One that does not listen is left as it is. */
export const closeServer = async (server: Server, graceMs: number): Promise<void> => {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  await Promise.race([closed, sleep(graceMs, null, { ref: false })]);
  server.closeAllConnections();
  await closed;
};
