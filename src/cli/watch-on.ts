import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, ConnectionLost } from '../server/client.ts';
import type { WatchEvent } from '../server/sse.ts';
import type { Context } from './context.ts';

/** How things that are watched are known again. */
export interface Watched<T> {
  readonly open: (client: Client, signal: AbortSignal) => AsyncIterable<WatchEvent<T>>;
  readonly keyOf: (item: T) => string;
  /** Differs whenever there is news of the thing. */
  readonly versionOf: (item: T) => string;
}

/** A new controller tells of fewer things than this, when it is asked for what there is. */
const REMEMBERED = 20_000;
const LOOK_EVERY_MS = 300;

/**
 * Watches until the signal, across restarts of the controller: of what happened meanwhile all is told, and nothing
 * twice.
 */
export const watchOn = async function* <T>(
  context: Context,
  { open, keyOf, versionOf }: Watched<T>,
): AsyncGenerator<WatchEvent<T>> {
  const { signal } = context.io;
  const told = new Map<string, string>();
  let isListed = false;
  for (let client = await context.client(); !signal.aborted; client = await comeBack(context)) {
    try {
      for await (const event of open(client, signal)) {
        if (event.object === null) {
          if (!isListed) yield event;
          isListed = true;
        } else if (isNews(told, keyOf(event.object), versionOf(event.object), event.type)) {
          yield event;
        }
      }
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      context.say(`${error.message}; waiting for it to come back`);
    }
  }
};

const isNews = (
  told: Map<string, string>,
  key: string,
  version: string,
  type: WatchEvent<unknown>['type'],
): boolean => {
  if (type === 'DELETED') return told.delete(key);
  if (told.get(key) === version) return false;
  // Set anew it is the youngest, and the oldest is forgotten first.
  told.delete(key);
  told.set(key, version);
  const [oldest] = told.keys();
  if (told.size > REMEMBERED && oldest !== undefined) told.delete(oldest);
  return true;
};

const comeBack = async (context: Context): Promise<Client> => {
  const { signal } = context.io;
  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    const client = await context.connect();
    if (client.live || signal.aborted) return client;
    client.close();
  }
};
