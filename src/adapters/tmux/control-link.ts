import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../api/errors.ts';
import { identify, isAlive } from '../processes/stat.ts';
import { ControlClient } from './control-client.ts';
import { controlSessionCommands, endClient, listClientsCommands, staleClients } from './control-session.ts';
import { identityOf, livingServer } from './evidence.ts';
import type { Link, ShardOptions } from './link.ts';

/** The notifications that can mean that a session or window came, went or changed its name. */
const HINTS: ReadonlySet<string> = new Set([
  'sessions-changed',
  'session-renamed',
  'window-close',
  'unlinked-window-close',
]);

/** How long a client that was told to end may take. */
const GONE_WITHIN_MS = 1000;
const LOOK_EVERY_MS = 10;
/** How long a server may take to tell all others that a client went. */
const SETTLED_AFTER_MS = 50;

/**
 * Ends the control client that was recorded last, if it is left over. Orphaned, it can keep a dying server from
 * its end, which then neither answers nor is gone: so this comes before everything else. Its end is waited for,
 * since tmux 3.3a crashes when it tells of a client that goes to a control client that is just coming.
 */
export const endFormerClient = async ({ shard, socket, records, note }: ShardOptions): Promise<void> => {
  const client = records.get(shard)?.client;
  if (!client || !isAlive(client)) return;
  note('info', 'ending a control client that was left behind', { pid: client.pid, socket });
  endClient(client.pid);
  const until = performance.now() + GONE_WITHIN_MS;
  while (isAlive(client) && performance.now() < until) await pause(LOOK_EVERY_MS);
  await pause(SETTLED_AFTER_MS);
};

/**
 * Attaches the persistent control client, and ends those of ours that are attached beside it. The server is
 * recorded before anything is done with it.
 */
export const openControlLink = async (options: ShardOptions, mayStart: boolean): Promise<Link> => {
  const { shard, socket, ownerId, records, clock, hint, note } = options;
  // What happens before is covered by the hint that one is attached.
  let established = false;
  const client = new ControlClient({
    ...options,
    mayStart,
    first: controlSessionCommands(ownerId),
    onNotification: (name) => {
      if (established && HINTS.has(name)) hint(name);
    },
    onEnd: () => {
      if (established) hint('exit');
    },
  });
  try {
    const [pid] = await client.ready;
    const { bootId } = clock.now();
    const server = identityOf(Number(pid), livingServer(records.get(shard), bootId));
    const self = client.pid === undefined ? null : identify(client.pid);
    await records
      .set(shard, { socket, bootId, server, client: self })
      .catch((error: unknown) =>
        note('warn', 'tmux server not recorded', { pid: server.pid, error: messageOf(error) }),
      );
    for (const stale of staleClients(await client.run(listClientsCommands), ownerId, client.pid)) {
      note('info', 'ending a control client that was left behind', { pid: stale, socket });
      endClient(stale);
    }
    established = true;
    return {
      server,
      run: (commands) => client.run(commands),
      isOpen: () => client.isOpen,
      close: () => client.close(),
    };
  } catch (error) {
    // Not waited for: a server that does not answer does not let its client go either.
    void client.close();
    throw error;
  }
};
