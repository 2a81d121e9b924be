import type { Response } from 'express';

/** Kubernetes' watch event. A BOOKMARK says that all that was there has been sent. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** Null on a BOOKMARK. */
  readonly object: T | null;
}

export interface EventStream<T> {
  send(event: WatchEvent<T>): void;
  /** Called once when either side has ended the stream. */
  onEnd(listener: () => void): void;
}

const KEEP_ALIVE_MS = 15_000;
/** A client that reads this far behind is cut off; it lists again when it comes back. */
const MAX_BEHIND_BYTES = 8 * 1024 * 1024;

/** Answers with server-sent events, until the client leaves or `closing` says that the server does. */
export const openStream = <T>(response: Response, closing: AbortSignal): EventStream<T> => {
  response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  response.flushHeaders();
  const keepAlive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS).unref();
  const end = (): void => {
    response.end();
  };
  closing.addEventListener('abort', end, { once: true });
  response.on('close', () => {
    clearInterval(keepAlive);
    closing.removeEventListener('abort', end);
  });
  return {
    send: (event) => {
      if (response.writableLength > MAX_BEHIND_BYTES) response.destroy();
      else response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    },
    onEnd: (listener) => response.once('close', listener),
  };
};
