import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Note } from '../../api/note.ts';
import type { Tmux, TmuxHint } from '../../api/ports/tmux.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import type { Clock } from '../../api/ports/world.ts';
import { assertSocketPath, assertTmux } from './check-setup.ts';
import { writeTmuxConf } from './config-file.ts';
import { heldSockets } from './held-sockets.ts';
import type { TmuxObserver } from './observer.ts';
import { literalFormat } from './quote.ts';
import { openServerRecords } from './server-records.ts';
import { sessionsOf } from './sessions.ts';
import { openShard } from './shard.ts';
import type { Shard } from './shard.ts';
import { sharedLook } from './shared-look.ts';
import { checkedTag } from './tags.ts';

export interface TmuxOptions {
  /** Absolute path of the first server's socket; the others' are PATH.1, PATH.2 and so on. */
  readonly socket: string;
  /** Where tmux.conf and shards.json are kept. */
  readonly stateDir: string;
  /** The installation's owner id: what carries it is ours. */
  readonly ownerId: string;
  /** The whole environment of the servers and clients that are started; PATH included. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Manage keeps a control client on every server and starts servers when a session is made. ReadOnly only looks,
   * beside a controller or without one: it starts, ends, signals and writes nothing.
   */
  readonly mode: 'Manage' | 'ReadOnly';
  /** That many servers are kept by somebody else, as by systemd, and none is started here. Default: 0, all are ours. */
  readonly external?: number;
  readonly clock: Clock;
  /** What is worth a line in the log: that a client was ended, that the plain client serves. */
  readonly note?: Note;
  /** Default: nobody. */
  readonly observer?: TmuxObserver;
  /** No call to tmux takes longer. Default: 5,000 ms. */
  readonly deadlineMs?: number;
  /** The program. Default: `tmux`, found on the PATH of `env`. */
  readonly tmux?: string;
}

/** tmux, and a way to have a server do something for us that no session shows. */
export interface OpenedTmux extends Tmux {
  /** Runs a line of shell as a descendant of the first server that answers. Its end is not waited for. */
  runDetached(line: string): Promise<void>;
  close(): Promise<void>;
}

/** The numbers of shards; two digits, which are allowed for in the length of the socket's path. */
const MAX_SHARD = 99;

/**
 * tmux, by our own sockets and configuration. Nothing is contacted before the first call.
 * @throws UserError when there is no tmux, or the socket's path cannot be one
 */
export const openTmux = async (options: TmuxOptions): Promise<OpenedTmux> => {
  const { socket, stateDir, ownerId, env, mode, external = 0, clock } = options;
  const { note = () => {}, deadlineMs = 5000, tmux = 'tmux' } = options;
  const { observer = { answered: () => {}, listed: () => {} } } = options;
  assertSocketPath(socket, MAX_SHARD);
  checkedTag(ownerId);
  await assertTmux(tmux, env);
  if (mode === 'Manage') {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
    await writeTmuxConf(stateDir);
  }
  const records = await openServerRecords(stateDir, note);
  const listeners = new Set<(hint: TmuxHint) => void>();
  const shards = new Map<number, Shard>();

  const socketOf = (shard: number): string => (shard === 0 ? socket : `${socket}.${shard}`);

  const shardOf = (shard: number): Shard => {
    let opened = shards.get(shard);
    if (opened === undefined) {
      if (!Number.isInteger(shard) || shard < 0 || shard > MAX_SHARD) {
        throw new TmuxError('Refused', `there is no shard ${shard}: 0 to ${MAX_SHARD}`);
      }
      opened = openShard({
        shard,
        socket: socketOf(shard),
        configFile: join(stateDir, 'tmux.conf'),
        tmux,
        env,
        ownerId,
        mode,
        external: external > 0,
        clock,
        deadlineMs,
        records,
        observer,
        hint: (what) => listeners.forEach((listener) => listener({ shard, what })),
        note: (level, message, fields) => note(level, message, { shard, ...fields }),
      });
      shards.set(shard, opened);
    }
    return opened;
  };

  const shardIn = (name: string): number[] => {
    const shard = Number(name.slice(basename(socket).length + 1));
    return shard >= 0 && shard <= MAX_SHARD && name === basename(socketOf(shard)) ? [shard] : [];
  };

  // Any evidence of a server makes its shard a known one: the records, a socket, or a socket that was unlinked.
  const held = [...(await heldSockets()).keys()].filter((path) => dirname(path) === dirname(socket));
  const installed = Array.from({ length: Math.max(1, external) }, (_, shard) => shard);
  const evident = new Set([...installed, ...records.shards(), ...held.flatMap((path) => shardIn(basename(path)))]);

  const observe = sharedLook(clock, async () => {
    const files = await readdir(dirname(socket)).catch(() => []);
    const known = new Set([...evident, ...shards.keys(), ...files.flatMap(shardIn)]);
    const began = clock.now().monotonicMs;
    const listings = await Promise.all([...known].sort((a, b) => a - b).map((shard) => shardOf(shard).list()));
    observer.listed(listings, began);
    return listings;
  });

  return {
    ...sessionsOf(ownerId, shardOf),
    observe,
    socketOf,
    async runDetached(line) {
      const refusals: unknown[] = [];
      for (const shard of installed) {
        try {
          await shardOf(shard).run([['run-shell', '-b', literalFormat(line)]]);
          return;
        } catch (error) {
          refusals.push(error);
        }
      }
      throw refusals[0];
    },
    onHint(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      await Promise.all([...shards.values()].map((shard) => shard.close()));
    },
  };
};
