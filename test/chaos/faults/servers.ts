import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Life, lifeOf, send, statOf } from '../proc.ts';
import type { Random } from '../random.ts';
import { sessionsAt, tmux } from '../tmux.ts';
import { type Fault, lifeIn, mended, type Scene } from './fault.ts';

interface Server {
  readonly socket: string;
  readonly life: Life;
}

const aServer = async ({ arena }: Scene, random: Random): Promise<Server | undefined> => {
  const socket = random.pick(arena.sockets());
  const pid = Number(socket && (await tmux(socket, ['display-message', '-p', '#{pid}'])));
  const life = pid > 0 ? lifeOf(pid) : null;
  return socket !== undefined && life !== null ? { socket, life } : undefined;
};

const hasAncestor = (pid: number, ancestor: number): boolean => {
  for (let each = pid; each > 1; each = statOf(each)?.ppid ?? 0) if (each === ancestor) return true;
  return false;
};

/** What ends together with this server: by its own listing, and by descent. */
const breakAllOn = async ({ ledger, observer }: Scene, { socket, life }: Server, kind: string): Promise<void> => {
  const listed = new Set((await sessionsAt(socket))?.map(({ project }) => project));
  const hit = [...ledger.windows.values()].filter(
    (window) => listed.has(window.project) || (window.life !== null && hasAncestor(lifeIn(window.life).pid, life.pid)),
  );
  observer.bystanders.serverEnds(life.pid);
  ledger.shakes();
  ledger.breaks(hit, kind);
};

const ended = (kind: string, weight: number, end: (server: Server) => unknown): Fault => ({
  kind,
  weight,
  group: 'servers',
  async inject(scene, random) {
    const server = await aServer(scene, random);
    if (server === undefined) return false;
    scene.ledger.tell(`${kind} (${server.life.pid} on ${server.socket.split('/').at(-1)})`);
    await breakAllOn(scene, server, kind);
    await end(server);
    return true;
  },
});

const stopped: Fault = {
  kind: 'tmux server stopped for a while',
  weight: 2,
  group: 'servers',
  async inject(scene, random) {
    const server = await aServer(scene, random);
    if (server === undefined) return false;
    scene.ledger.tell(`tmux server stopped (${server.life.pid})`);
    const release = scene.ledger.hold('tmux server stopped');
    send(server.life, 'SIGSTOP');
    await sleep(random.int(500, 9_000));
    send(server.life, 'SIGCONT');
    scene.ledger.tell(`tmux server goes on (${server.life.pid})`);
    release();
    return true;
  },
};

/** The same server must be found on it again. */
const unlinked: Fault = {
  kind: 'tmux socket unlinked',
  weight: 3,
  group: 'servers',
  async inject(scene, random) {
    const server = await aServer(scene, random);
    if (server === undefined) return false;
    scene.ledger.tell(`tmux socket unlinked (${server.socket.split('/').at(-1)} of ${server.life.pid})`);
    scene.ledger.touch(() => true);
    rmSync(server.socket, { force: true });
    await mended(scene, 'tmux socket unlinked', server.socket, async () => {
      if (!existsSync(server.socket)) return false;
      const pid = Number(await tmux(server.socket, ['display-message', '-p', '#{pid}']));
      if (pid > 0 && pid !== server.life.pid) {
        scene.ledger.violate('I1', `a second tmux server (${pid}) took the socket of ${server.life.pid}, which lives`);
        return true;
      }
      return pid === server.life.pid;
    });
    return true;
  },
};

/** The socket of the controller's own API. */
const apiUnlinked: Fault = {
  kind: 'API socket unlinked',
  weight: 1,
  group: 'controller',
  async inject(scene) {
    const socket = join(scene.arena.stateDir, 'tmuxlet.sock');
    if (!existsSync(socket)) return false;
    scene.ledger.tell('API socket unlinked');
    rmSync(socket, { force: true });
    await mended(scene, 'API socket unlinked', socket, () => existsSync(socket));
    return true;
  },
};

export const servers: readonly Fault[] = [
  ended('tmux server killed', 1.5, ({ life }) => send(life, 'SIGKILL')),
  ended('tmux server ended by SIGTERM', 1, ({ life }) => send(life, 'SIGTERM')),
  ended('tmux kill-server', 1, ({ socket }) => tmux(socket, ['kill-server'])),
  stopped,
  unlinked,
  apiUnlinked,
];
