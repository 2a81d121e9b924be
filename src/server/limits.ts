import { type Server, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { failure } from './status.ts';

/** What one client may take of a server, so that the others get theirs. */
export interface Limits {
  /** The head of a request must be there by then. */
  readonly headersTimeout: number;
  /** The whole of a request must be there by then; an answer may take as long as it does. */
  readonly requestTimeout: number;
  /** So often the two are looked at. */
  readonly connectionsCheckingInterval: number;
  /** An idle connection is kept so long for the next request. */
  readonly keepAliveTimeout: number;
  /** Bytes of a head. */
  readonly maxHeaderSize: number;
  /** Connections at one time; one more is closed at once. */
  readonly maxConnections: number;
}

/** All in milliseconds. Prometheus keeps its connection between scrapes that are less than a minute apart. */
export const LIMITS: Limits = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16 * 1024,
  maxConnections: 512,
};

/** Holds a server to its limits, and answers what is no request at all. */
export const limit = (server: Server, { maxConnections }: Limits): Server => {
  server.maxConnections = maxConnections;
  server.on('clientError', answerClientError);
  return server;
};

const CODES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const MESSAGES: Readonly<Record<number, string>> = {
  408: 'the request did not come in time',
  413: 'the chunk extensions are too long',
  431: 'the headers are too long',
};

/** What node answers by itself, but as a Status. Where an answer was begun before, this would be read as its rest. */
const answerClientError = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  const code = CODES[error.code ?? ''] ?? 400;
  if (!socket.writable || !(socket instanceof Socket) || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(failure(code, MESSAGES[code] ?? 'this is not HTTP'));
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
