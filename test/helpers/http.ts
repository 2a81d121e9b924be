import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** A server under test, however it was started. */
export interface Served {
  readonly url: string;
  readonly socket: string;
}

export interface Answer {
  readonly code: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export const JSON_TYPE = { 'Content-Type': 'application/json' };

export const ask = (target: RequestOptions, path: string, asking: Asking = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = asking;
    const outgoing = request({ ...target, path, method, headers, agent: false }, (response) => {
      text(response).then(
        (body) => resolve({ code: response.statusCode ?? 0, body, headers: response.headers }),
        reject,
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

const tcpOf = ({ url }: Served) => ({ host: '127.0.0.1', port: Number(new URL(url).port) });

export const overTcp = (served: Served, path: string, asking?: Asking) => ask(tcpOf(served), path, asking);
export const overUnix = ({ socket }: Served, path: string, asking?: Asking) =>
  ask({ socketPath: socket }, path, asking);

/** The message of a Status. */
export const messageIn = ({ body }: Answer): string => (JSON.parse(body) as { message: string }).message;

/** A server-sent event. */
export interface Sent {
  readonly type: string;
  /** Of the events so far: what a client sends when it comes back. */
  readonly id: string | null;
  readonly data: {
    readonly type: string;
    readonly object: { readonly metadata: Record<string, string> } & Record<string, unknown>;
  };
}

export interface Stream {
  readonly code: number;
  readonly sent: readonly Sent[];
  readonly comments: number;
  readonly ended: boolean;
  leave(): void;
}

/** Watches over TCP; what came so far is in `sent`. */
export const stream = async (served: Served, path: string, headers: Record<string, string> = {}): Promise<Stream> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ ...tcpOf(served), path, headers, agent: false }, resolve)
      .on('error', reject)
      .end();
  });
  const state = {
    code: response.statusCode ?? 0,
    sent: [] as Sent[],
    comments: 0,
    ended: false,
    leave: () => response.destroy(),
  };
  let id: string | null = null;
  const lines = createInterface({ input: response });
  lines.on('line', (line) => {
    if (line === ':') state.comments += 1;
    if (line.startsWith('id: ')) id = line.slice(4);
    if (!line.startsWith('data: ')) return;
    const data = JSON.parse(line.slice(6)) as Sent['data'];
    state.sent.push({ type: data.type, id, data });
  });
  lines.on('close', () => (state.ended = true));
  // It is cut off on purpose, by one side or the other.
  for (const each of [response, lines]) each.on('error', () => {});
  return state;
};

/** All that a server answers to these bytes, until it closes the connection. */
export const raw = (served: Served, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(tcpOf(served));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (data) => (answer += String(data)));
    socket.on('close', () => resolve(answer));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
    socket.write(bytes, 'latin1');
  });
