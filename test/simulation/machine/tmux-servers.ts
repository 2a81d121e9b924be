import type { ServerIdentity } from '../../../src/api/observation.ts';
import type { Actor } from './ledger.ts';
import { TmuxServer } from './tmux-server.ts';
import type { ServerParts, Session } from './tmux-server.ts';

/** Which server a controller last saw on a shard, as `shards.json` keeps it. */
export interface ServerRecord {
  readonly socket: string;
  readonly bootId: string;
  readonly server: ServerIdentity;
}

export type Notified = (server: TmuxServer, what: string) => void;

/** The tmux servers of the machine, by their sockets; several can have held one path, and one at most answers on it. */
export class TmuxServers {
  /** Of the first shard; the others' are PATH.1, PATH.2 and so on. */
  readonly socket: string;
  /** What controllers have recorded, by shard; survives them. */
  readonly records = new Map<number, ServerRecord>();
  readonly #parts: Omit<ServerParts, 'notify'>;
  readonly #listeners = new Set<Notified>();
  readonly #files = new Map<string, TmuxServer>();
  #servers: TmuxServer[] = [];

  constructor(socket: string, parts: Omit<ServerParts, 'notify'>) {
    this.socket = socket;
    this.#parts = parts;
  }

  socketOf(shard: number): string {
    return shard === 0 ? this.socket : `${this.socket}.${shard}`;
  }

  /** The shard that a socket is, or null: a server of people. */
  shardOf(socket: string): number | null {
    if (socket === this.socket) return 0;
    const number = socket.startsWith(`${this.socket}.`) ? Number(socket.slice(this.socket.length + 1)) : Number.NaN;
    return Number.isInteger(number) ? number : null;
  }

  get live(): readonly TmuxServer[] {
    return this.#servers.filter(({ isLive }) => isLive);
  }

  get sessions(): readonly Session[] {
    return this.live.flatMap(({ sessions }) => sessions);
  }

  /** Who would accept a connection. */
  listening(socket: string): TmuxServer | null {
    const server = this.#files.get(socket);
    return server?.isLive ? server : null;
  }

  /** Who holds a socket of that path, its file there or not. */
  holders(socket: string): readonly TmuxServer[] {
    return this.live.filter((server) => server.socket === socket);
  }

  /** The sockets there are; that of a server which crashed is left behind. */
  get files(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** Starts a server, as a client does that finds none behind the path. */
  start(who: Actor, socket: string, environment: Readonly<Record<string, string>> = {}): TmuxServer {
    const server = new TmuxServer(socket, who, environment, {
      ...this.#parts,
      notify: (from, what) => {
        this.#parts.changed();
        for (const listener of this.#listeners) listener(from, what);
      },
    });
    this.#servers = [...this.live, server];
    this.#files.set(socket, server);
    this.#parts.changed();
    return server;
  }

  /** Somebody deletes the file under a living server, which can be connected to no more. */
  unlink(socket: string): void {
    this.#files.delete(socket);
    this.#parts.changed();
  }

  /** What SIGUSR1 does: the server makes its socket anew, in place of whatever is there. */
  reviveSocket(server: TmuxServer): void {
    if (!server.isLive || server.isFrozen) return;
    this.#files.set(server.socket, server);
    this.#parts.changed();
  }

  /** Calls back when control clients are told something. Returns how to stop. */
  onNotified(listener: Notified): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Servers are gone, and the files of their sockets; the records stay. */
  reboot(): void {
    this.#servers = [];
    this.#files.clear();
  }
}
