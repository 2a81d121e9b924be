import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { Express } from 'express';
import type { Registry } from 'prom-client';
import type { StoreReader } from '../api/ports/store.ts';
import { createApp } from './app.ts';
import type { Control } from './control.ts';
import { type Limits, LIMITS, limit } from './limits.ts';
import { keptSocket } from './kept-socket.ts';
import { closeServer, listenTcp } from './listen.ts';
import type { Token } from './token.ts';
import type { SocketOf } from './views/project.ts';
import { createViews } from './views/views.ts';

export interface ServerOptions {
  readonly reader: StoreReader;
  readonly control: Control;
  readonly registry: Registry;
  readonly socketOf: SocketOf;
  /** Absolute path of the unix socket: everything, changes too. */
  readonly socket: string;
  /** The TCP address: metrics, health, the page, and what only reads; with a token the rest too. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Names beside localhost and the listening host's under which it is asked. Default: none. */
  readonly allowedHosts?: readonly string[];
  /** Whoever shows it over TCP may change things. Default: null, nobody may. */
  readonly token?: Token | null;
  /** Whoever reads over TCP must show the token. Default: false. */
  readonly readsNeedToken?: boolean;
  /** Default: LIMITS. */
  readonly limits?: Partial<Limits>;
  readonly version: string;
  /** Told of errors that no client is to read. */
  readonly onError: (error: unknown) => void;
}

export interface Server {
  /** Starts to listen. @throws UserError when an address is taken */
  listen(): Promise<{ readonly url: string }>;
  /** Takes nothing new, ends the streams, and after `graceMs` (default 500) cuts off what is left. */
  close(graceMs?: number): Promise<void>;
}

export const createServer = (options: ServerOptions): Server => {
  const { reader, control, registry, version, onError, socketOf } = options;
  const closing = new AbortController();
  const views = createViews(reader, socketOf, control.beatsOf);
  const shared = { reader, views, control, registry, version, onError, closing: closing.signal };
  const limits = { ...LIMITS, ...options.limits };
  // The kernel asks idle clients whether they are still there.
  const serve = (app: Express): HttpServer => limit(createHttpServer({ ...limits, keepAlive: true }, app), limits);
  const unixApp = createApp({ ...shared, reach: 'unix' });
  const unix = keptSocket(options.socket, () => serve(unixApp), onError);
  const { token = null, readsNeedToken = false, allowedHosts = [], listen } = options;
  const reach = { hosts: [listen.host, ...allowedHosts], token, readsNeedToken };
  const tcp = serve(createApp({ ...shared, reach }));
  return {
    listen: async () => {
      await unix.listen();
      try {
        const port = await listenTcp(tcp, options.listen);
        const { host } = options.listen;
        return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}` };
      } catch (error) {
        await unix.close(0);
        throw error;
      }
    },
    close: async (graceMs = 500) => {
      closing.abort();
      await Promise.all([unix.close(graceMs), closeServer(tcp, graceMs)]);
    },
  };
};
