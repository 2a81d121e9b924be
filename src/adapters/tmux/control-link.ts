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

/**
 * Attaches the persistent control client. What an earlier controller left behind is ended first: its client,
 * once orphaned, can wedge the server. The server is recorded before anything is done with it.
 */
export const openControlLink = async (options: ShardOptions, mayStart: boolean): Promise<Link> => {
  const { shard, socket, ownerId, records, clock, hint, note } = options;
  const end = (pid: number): void => {
    note(`ending control client ${pid}, which an earlier controller left on ${socket}`);
    endClient(pid);
  };
  const former = records.get(shard)?.client;
  if (former && isAlive(former)) end(former.pid);

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
      .catch((error: unknown) => note(`tmux server ${server.pid} could not be recorded: ${messageOf(error)}`));
    for (const stale of staleClients(await client.run(listClientsCommands), ownerId, client.pid)) {
      end(stale);
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
