import { existsSync } from 'node:fs';
import { BrokenCircuitError, ConsecutiveBreaker, ExponentialBackoff, circuitBreaker, handleAll } from 'cockatiel';
import { messageOf } from '../../api/errors.ts';
import type { ShardListing } from '../../api/observation.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import { absent, present, unknown } from '../../api/seen.ts';
import { asTmuxError, isTmuxError } from './classify.ts';
import type { TmuxCommands } from './command.ts';
import { endFormerClient, openControlLink } from './control-link.ts';
import { askForSocket, identityOf, livingServer, seekServer } from './evidence.ts';
import type { Link, ShardOptions } from './link.ts';
import { listCommand, parseListing } from './listing.ts';
import { observed } from './observer.ts';
import { runPlain } from './plain-client.ts';

/** One tmux server, or the place for one. */
export interface Shard {
  readonly socket: string;
  /** Everything the server holds. Never rejects: what failed is Unknown. */
  list(): Promise<ShardListing>;
  /** The lines that commands print which change nothing. */
  read(commands: TmuxCommands): Promise<readonly string[]>;
  /** The lines that the commands print. `NoServer` where none is, unless `start` lets one be started. */
  run(commands: TmuxCommands, how?: { readonly start: boolean }): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** How often it is looked for a server that somebody else is to bring back. */
const RETURNED_EVERY_MS = 250;

/** Waits between two tries to attach a control client; plain clients serve meanwhile. */
const REATTACH = { initialDelay: 100, maxDelay: 5000 };

/**
 * INVARIANTS
 * - A server is started only after the absence of any was proven, and by one try at a time; one that is kept by
 *   somebody else, as by systemd, never.
 * - The server that was recorded and still lives is the only one that is talked to: another one that answers
 *   on its socket is trouble, not a replacement (failure 65).
 */
export const openShard = (options: ShardOptions): Shard => {
  const { shard, socket, ownerId, mode, external, records, clock, note, observer } = options;
  const nonce = crypto.randomUUID().slice(0, 8);
  const manages = mode === 'Manage';
  const breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(1),
    halfOpenAfter: new ExponentialBackoff(REATTACH),
  });
  let control: Link | null = null;
  let opening: { readonly start: boolean; readonly link: Promise<Link> } | null = null;
  /** Why the last try to attach failed. */
  let refusal: TmuxError | null = null;
  let closed = false;
  let stopAwaiting: (() => void) | null = null;

  const recorded = () => livingServer(records.get(shard), clock.now().bootId);

  const plain = async (): Promise<Link> => {
    const [pid] = await runPlain(options, [['display-message', '-p', '#{pid}']]);
    const server = identityOf(Number(pid), recorded());
    return { server, run: (commands) => runPlain(options, commands), isOpen: () => true, close: async () => {} };
  };

  const attach = async (mayStart: boolean): Promise<Link> => {
    try {
      // What went wrong with the last server says nothing about a new one.
      control = mayStart
        ? await openControlLink(options, true)
        : await breaker.execute(async () => {
            // A plain client finds out whether the server answers at all, and who it is. Control clients that
            // waited for a stopped server could crash it when it goes on.
            await plain();
            return openControlLink(options, false);
          });
      refusal = null;
      options.hint('attached');
      return control;
    } catch (error) {
      // While the circuit is broken, what broke it is still the reason, and has been told.
      if (error instanceof BrokenCircuitError && refusal !== null) throw refusal;
      const before = refusal?.message;
      refusal = asTmuxError(error);
      if (refusal.message !== before) note('warn', 'no control client', { socket, error: refusal.message });
      throw refusal;
    }
  };

  const open = async (start: boolean): Promise<Link> => {
    if (closed) throw new TmuxError('Unreachable', 'the connection to tmux was closed');
    if (manages) await endFormerClient(options);
    const seen = await seekServer(socket, records.get(shard), clock.now().bootId, manages);
    if (seen.seen === 'Unknown') throw new TmuxError('Unreachable', seen.reason);
    if (seen.seen === 'Absent') {
      if (manages && external) awaitReturn();
      if (!start || external) throw new TmuxError('NoServer', `no tmux server is on ${socket}`);
      return attach(true);
    }
    if (!manages) return plain();
    try {
      return await attach(false);
    } catch (error) {
      // A server that does not answer one client will not answer another.
      if (isTmuxError(error, 'TimedOut')) throw error;
      return plain();
    }
  };

  /** Nothing else tells that a server has come: the hint that it is attached has everything looked at again. */
  const awaitReturn = (): void => {
    stopAwaiting ??= clock.after(RETURNED_EVERY_MS, () => {
      stopAwaiting = null;
      reach(false).catch(() => {});
    });
  };

  const reach = async (start: boolean): Promise<Link> => {
    for (;;) {
      if (control?.isOpen()) return control;
      opening ??= {
        start,
        link: open(start)
          .catch((error: unknown) => Promise.reject(asTmuxError(error)))
          .finally(() => {
            opening = null;
          }),
      };
      const shared = opening;
      try {
        return await shared.link;
      } catch (error) {
        // The try that was under way had no leave to start a server; this one has.
        if (start && !shared.start && isTmuxError(error, 'NoServer')) continue;
        throw error;
      }
    }
  };

  const ask = async (mayRepeat: boolean): Promise<ShardListing> => {
    const link = await reach(false);
    if (manages && !existsSync(socket)) askForSocket(link.server);
    try {
      const lines = await observed(link.run, observer, clock)([listCommand(ownerId, nonce)]);
      const sessions = parseListing(lines, ownerId, nonce, shard);
      return { shard, socket, server: present(link.server), sessions: present(sessions) };
    } catch (error) {
      if (link.isOpen() || !mayRepeat) throw error;
      // The connection broke under the question; a new look tells what became of the server.
      return ask(false);
    }
  };

  return {
    socket,

    async list() {
      try {
        return await ask(true);
      } catch (error) {
        const seen = isTmuxError(error, 'NoServer') ? absent : unknown(messageOf(error));
        return { shard, socket, server: seen, sessions: seen };
      }
    },

    read: observed(async (commands) => (await reach(false)).run(commands), observer, clock),

    async run(commands, { start } = { start: false }) {
      if (!manages) throw new TmuxError('Refused', 'this connection to tmux is for looking only');
      return observed(async (line) => (await reach(start)).run(line), observer, clock)(commands);
    },

    async close() {
      closed = true;
      stopAwaiting?.();
      await opening?.link.catch(() => {});
      await control?.close();
    },
  };
};
