import type { Client, Whereabouts } from './client.ts';
import { createHttpClient } from './http-client.ts';
import { answers } from './listen.ts';
import { createOfflineClient } from './offline-client.ts';

/** Over the unix socket when a controller answers there, else straight from the store, read-only. */
export const connect = async (where: Whereabouts): Promise<Client> =>
  (await answers(where.socket)) ? createHttpClient(where.socket) : createOfflineClient(where);
