import { TmuxError } from '../../../src/api/ports/tmux.ts';
import type { ServerIdentity } from '../../../src/api/observation.ts';
import type { Life } from '../kernel/life.ts';
import type { Machine } from '../machine/machine.ts';
import type { TmuxServer } from '../machine/tmux-server.ts';

/** No call to tmux takes longer. */
export const DEADLINE_MS = 5_000;

export const timedOut = (): TmuxError => new TmuxError('TimedOut', `tmux did not answer within ${DEADLINE_MS} ms`);
export const unreachable = (): TmuxError => new TmuxError('Unreachable', 'the control client ended: server exited');

/** ReadOnly revives no socket and records no server; what else it does it must not be asked for. */
export type Mode = 'Manage' | 'ReadOnly';

/** What a stopped server does to whoever asks it. */
export class Unanswered {
  /** What it does when it goes on; null when the question has not reached it. */
  readonly server: TmuxServer | null;

  constructor(server: TmuxServer | null) {
    this.server = server;
  }
}

const isSame = (a: ServerIdentity, b: ServerIdentity): boolean => a.pid === b.pid && a.startTicks === b.startTicks;

/** One life's ways to the servers of the shards: the control clients it has, and what it finds where it has none. */
export class TmuxWays {
  readonly #machine: Machine;
  readonly #life: Life;
  readonly #mode: Mode;
  readonly #attached: (shard: number) => void;
  readonly #links = new Map<number, TmuxServer>();
  /** Servers that still owe an answer, since that time was over. */
  readonly #overdue = new Set<TmuxServer>();

  constructor(life: Life, machine: Machine, mode: Mode, attached: (shard: number) => void) {
    this.#life = life;
    this.#machine = machine;
    this.#mode = mode;
    this.#attached = attached;
  }

  isLinked(shard: number, server: TmuxServer): boolean {
    return this.#links.get(shard) === server;
  }

  /** Shards of which there is any evidence. */
  get known(): readonly number[] {
    const { tmux } = this.#machine;
    const evident = [...tmux.live.map(({ socket }) => socket), ...tmux.files].flatMap((socket) => {
      const shard = tmux.shardOf(socket);
      return shard === null ? [] : [shard];
    });
    return [...new Set([0, ...tmux.records.keys(), ...this.#links.keys(), ...evident])].sort((a, b) => a - b);
  }

  /**
   * The server of a shard, or Unanswered where it is stopped.
   * @throws TmuxError `NoServer` where none is, `Unreachable` where one is that is not to be had
   */
  reach(shard: number, mayStart: boolean): TmuxServer | Unanswered {
    const { tmux } = this.#machine;
    const socket = tmux.socketOf(shard);
    const linked = this.#links.get(shard);
    if (linked?.isLive) {
      if (!linked.isFrozen) {
        if (!tmux.files.includes(socket)) this.#reviveSocketOf(linked);
        return linked;
      }
      const isFirst = !this.#overdue.has(linked);
      this.#overdue.add(linked);
      linked.process.whenItRuns(() => this.#overdue.delete(linked));
      return new Unanswered(isFirst ? linked : null);
    }
    const recorded = this.#recorded(shard);
    if (tmux.listening(socket) === null) this.#revive(socket, recorded);
    const listening = tmux.listening(socket);
    if (listening === null) {
      if (recorded !== null) {
        throw new TmuxError('Unreachable', `tmux server ${recorded.process.pid} lives, but not on ${socket}`);
      }
      if (tmux.holders(socket).length > 0) {
        throw new TmuxError('Unreachable', `a process still holds the unreachable socket ${socket}`);
      }
      if (!mayStart) throw new TmuxError('NoServer', `no tmux server is on ${socket}`);
      return this.#attach(shard, tmux.start('controller', socket));
    }
    if (listening.isFrozen) return new Unanswered(null);
    if (recorded !== null && recorded !== listening) {
      const [here, there] = [listening.process.pid, recorded.process.pid];
      throw new TmuxError('Unreachable', `tmux server ${here} answers in place of ${there}, which still lives`);
    }
    return this.#attach(shard, listening);
  }

  /** The recorded server, if it still lives. */
  #recorded(shard: number): TmuxServer | null {
    const { tmux } = this.#machine;
    const record = tmux.records.get(shard);
    if (record === undefined || record.bootId !== this.#life.clock.now().bootId) return null;
    return tmux.live.find(({ process }) => isSame(process, record.server)) ?? null;
  }

  /** Whose socket it was is asked to make it anew. */
  #revive(socket: string, recorded: TmuxServer | null): void {
    const { tmux } = this.#machine;
    const [holder, another] = tmux.holders(socket);
    const lost = recorded ?? (another === undefined ? holder : undefined);
    if (lost?.socket === socket) this.#reviveSocketOf(lost);
  }

  #reviveSocketOf(server: TmuxServer): void {
    if (this.#mode === 'Manage') this.#machine.tmux.reviveSocket(server);
  }

  #attach(shard: number, server: TmuxServer): TmuxServer {
    if (this.#mode === 'Manage') this.#record(shard, server);
    this.#links.set(shard, server);
    this.#attached(shard);
    return server;
  }

  #record(shard: number, { socket, process: { pid, startTicks } }: TmuxServer): void {
    const { bootId } = this.#life.clock.now();
    this.#machine.tmux.records.set(shard, { socket, bootId, server: { pid, startTicks } });
  }
}
