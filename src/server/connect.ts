import type { Client, Whereabouts } from './client.ts';
import { createHttpClient } from './http-client.ts';
import { answers } from './listen.ts';
import { createOfflineClient } from './offline-client.ts';
import { readToken } from './token.ts';

/**
 * Over TCP where a server is named; else over the unix socket when a controller answers there, else straight from the
 * store, read-only.
 */
export const connect = async (where: Whereabouts): Promise<Client> => {
  const { server, socket } = where;
  if (server) {
    return createHttpClient({ url: server.url, token: server.tokenFile === null ? null : readToken(server.tokenFile) });
  }
  return (await answers(socket)) ? createHttpClient({ socketPath: socket }) : createOfflineClient(where);
};
