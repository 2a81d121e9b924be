import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** A real HTTP server on loopback that keeps what is POSTed to it. */
export class HookServer {
  readonly posts: Post[] = [];
  /** The statuses of the next answers; then 200. 0: no answer at all. */
  readonly statuses: number[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await json(request)) as Record<string, unknown>;
    this.posts.push({ path: request.url ?? '', headers: request.headers, body });
    const status = this.statuses.shift() ?? 200;
    if (status >= 300 && status < 400) response.setHeader('Location', '/elsewhere');
    if (status > 0) response.writeHead(status).end('an answer that nobody reads');
  }

  static async open(): Promise<HookServer> {
    const hooks = new HookServer();
    hooks.#server.listen(0, '127.0.0.1');
    await once(hooks.#server, 'listening');
    return hooks;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/secret-token`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
