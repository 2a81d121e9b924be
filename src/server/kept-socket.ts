import { lstatSync } from 'node:fs';
import type { Server } from 'node:http';
import { closeServer, listenUnix } from './listen.ts';

/** How often it is looked whether the socket's file is still there. */
const LOOK_EVERY_MS = 1_000;

/** A unix socket that is listened on for as long as the controller lives. */
export interface KeptSocket {
  /** @throws UserError when somebody else answers there, or it cannot be listened on */
  listen(): Promise<void>;
  close(graceMs: number): Promise<void>;
}

/** Which file is there; null for none. */
const fileAt = (path: string): string | null => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}/${found.ino}`;
};

/**
 * Listens, and listens anew when the file of the socket has gone: without it a live controller could not be reached,
 * nor be told from a dead one. What is under way on connections made before is answered.
 */
export const keptSocket = (path: string, serve: () => Server, onError: (error: unknown) => void): KeptSocket => {
  const former = new Set<Server>();
  let server = serve();
  let file: string | null = null;
  let trouble: string | null = null;
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const listen = async (): Promise<void> => {
    await listenUnix(server, path);
    file = fileAt(path);
  };

  const listenAnew = async (): Promise<void> => {
    const before = server;
    server = serve();
    if (before.listening) {
      former.add(before);
      // At once, and not after the next has begun: it takes the file of that name away.
      before.close(() => former.delete(before));
    }
    await listen();
  };

  const look = async (): Promise<void> => {
    try {
      if (fileAt(path) !== file) await listenAnew();
      trouble = null;
    } catch (error) {
      // Tried again with the next look; told once.
      if (String(error) !== trouble) onError(error);
      trouble = String(error);
    }
    timer?.refresh();
  };

  return {
    listen: async () => {
      await listen();
      timer = setTimeout(() => {
        looking = look();
      }, LOOK_EVERY_MS).unref();
    },
    close: async (graceMs) => {
      clearTimeout(timer);
      timer = undefined;
      await looking;
      await closeServer(server, graceMs);
      for (const each of former) each.closeAllConnections();
    },
  };
};
