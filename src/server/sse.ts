import type { Response } from 'express';

/** Kubernetes' watch event. A BOOKMARK says that all that was there has been sent. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** Null on a BOOKMARK. */
  readonly object: T | null;
}

export interface EventStream {
  /** `id` is what the client sends as Last-Event-ID when it comes back; null: as before. */
  send(type: string, data: unknown, id: number | null): void;
  /** From here on the client must keep up. */
  live(): void;
  /** Called once when either side has ended the stream. */
  onEnd(listener: () => void): void;
}

export interface StreamOptions {
  /** Says that the server ends. */
  readonly closing: AbortSignal;
  /** Whether something else than a comment keeps the connection alive; true when it was sent. */
  readonly onQuiet?: () => boolean;
  /** So often something is sent, or a proxy would cut the connection. Default: 15 s. */
  readonly keepAliveMs?: number;
  /** A client that reads nothing for so long is cut off; it can come back and resume. Default: 30 s. */
  readonly maxStallMs?: number;
}

const KEEP_ALIVE_MS = 15_000;
const MAX_STALL_MS = 30_000;
/** So is one that has so many changes before it. */
const MAX_WAITING = 5000;

/**
 * Answers with server-sent events, until the client leaves or the server closes. No more is handed to the socket than
 * it takes: a slow reader costs a list of references, and not for long.
 */
export const openStream = (response: Response, options: StreamOptions): EventStream => {
  const { closing, onQuiet = () => false, keepAliveMs = KEEP_ALIVE_MS, maxStallMs = MAX_STALL_MS } = options;
  const waiting: (() => string)[] = [];
  let stall: NodeJS.Timeout | null = null;
  let room = Number.POSITIVE_INFINITY;
  response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();

  const cut = (): void => {
    response.destroy();
  };
  const pump = (): void => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (response.write(next())) continue;
      stall = setTimeout(cut, maxStallMs).unref();
      return;
    }
  };
  const put = (text: () => string): void => {
    if (response.destroyed || response.writableEnded) return;
    waiting.push(text);
    if (waiting.length > room) cut();
    else if (stall === null) pump();
  };
  response.on('drain', () => {
    if (stall !== null) clearTimeout(stall);
    stall = null;
    pump();
  });
  const keepAlive = setInterval(() => {
    if (waiting.length === 0 && !onQuiet()) put(() => ':\n\n');
  }, keepAliveMs).unref();
  const end = (): void => {
    response.end();
  };
  closing.addEventListener('abort', end, { once: true });
  response.on('close', () => {
    clearInterval(keepAlive);
    if (stall !== null) clearTimeout(stall);
    waiting.length = 0;
    closing.removeEventListener('abort', end);
  });
  return {
    send: (type, data, id) =>
      put(() => `event: ${type}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`),
    live: () => {
      room = waiting.length + MAX_WAITING;
    },
    onEnd: (listener) => response.once('close', listener),
  };
};
