import type { SessionTags, ShardListing } from '../../../src/api/observation.ts';
import type { NewWindow, OwnedId, OwnedPane, Tmux, TmuxHint } from '../../../src/api/ports/tmux.ts';
import { TmuxError } from '../../../src/api/ports/tmux.ts';
import { absent, present, unknown } from '../../../src/api/seen.ts';
import { isTmuxError } from '../../../src/adapters/tmux/classify.ts';
import { sharedLook } from '../../../src/adapters/tmux/shared-look.ts';
import { checkedId, checkedName, checkedTag, TAGS } from '../../../src/adapters/tmux/tags.ts';
import { messageOf } from '../../../src/api/errors.ts';
import type { Life } from '../kernel/life.ts';
import type { Machine } from '../machine/machine.ts';
import type { NewPane, Pane, Session, TmuxServer } from '../machine/tmux-server.ts';
import { listedSession } from './tmux-listing.ts';
import { DEADLINE_MS, type Mode, timedOut, TmuxWays, Unanswered, unreachable } from './tmux-ways.ts';

const MAX_SHARD = 99;

const notOurs = (target: string): TmuxError => new TmuxError('NotOurs', `${target} is not what it was taken for`);

const optionsOf = (tags: SessionTags): Record<string, string> => ({
  [TAGS.owner]: checkedTag(tags.owner),
  [TAGS.uid]: checkedTag(tags.uid),
  [TAGS.project]: checkedTag(tags.project),
  [TAGS.attempt]: checkedTag(String(tags.attempt)),
  [TAGS.spec]: checkedTag(tags.specHash),
});

/** tmux on the simulated machine, as one life reaches it. */
export const tmuxOf = ({
  life,
  machine,
  ownerId,
  mode = 'Manage',
}: {
  readonly life: Life;
  readonly machine: Machine;
  readonly ownerId: string;
  readonly mode?: Mode;
}): Tmux => {
  const { tmux, disk } = machine;
  const listeners = new Set<(hint: TmuxHint) => void>();

  const tell = (shard: number, what: string): void =>
    life.hint('tmux.hint', () => {
      for (const listener of listeners) listener({ shard, what });
    });
  const ways = new TmuxWays(life, machine, mode, (shard) => tell(shard, 'attached'));
  const stopListening = tmux.onNotified((server, what) => {
    if (!life.isAlive) return stopListening();
    const shard = tmux.shardOf(server.socket);
    if (shard !== null && ways.isLinked(shard, server)) tell(shard, what);
  });

  const checkedShard = (shard: number): number => {
    if (Number.isInteger(shard) && shard >= 0 && shard <= MAX_SHARD) return shard;
    throw new TmuxError('Refused', `there is no shard ${shard}: 0 to ${MAX_SHARD}`);
  };

  /** What a stopped server is asked it does when it goes on, long after nobody waits for it any more. */
  const ask = async <T>(
    point: string,
    shard: number,
    work: (server: TmuxServer) => T,
    { start = false, reads = false, half }: { start?: boolean; reads?: boolean; half?: (server: TmuxServer) => T } = {},
  ): Promise<T> => {
    const doing = (what: (server: TmuxServer) => T) => (): T | Unanswered => {
      const server = ways.reach(checkedShard(shard), start);
      if (!(server instanceof Unanswered)) return what(server);
      const late = server.server;
      late?.process.whenItRuns(() => {
        try {
          what(late);
        } catch {
          // Nobody is there to be told.
        }
      });
      return server;
    };
    const answer = await life.call(point, {
      effect: doing(work),
      fails: [unreachable, timedOut],
      deadlineMs: DEADLINE_MS,
      timedOut,
      reads,
      ...(half && { partial: doing(half) }),
    });
    if (!(answer instanceof Unanswered)) return answer;
    await new Promise<void>((resolve) => life.clock.after(DEADLINE_MS, resolve));
    throw timedOut();
  };

  const read = <T>(point: string, shard: number, look: (server: TmuxServer) => T): Promise<T> =>
    ask(point, shard, look, { reads: true });

  const tag = (session: Session, name: keyof typeof TAGS): string => session.options.get(TAGS[name]) ?? '';
  const isHalfTagged = (session: Session): boolean => {
    const makesSense = /^[\w.:=+/-]+$/.test(tag(session, 'uid')) && /^[1-9][0-9]*$/.test(tag(session, 'attempt'));
    return tag(session, 'owner') === ownerId && tag(session, 'role') === '' && !makesSense;
  };
  const isOurs = (session: Session, uid: string): boolean =>
    tag(session, 'owner') === ownerId && tag(session, 'uid') === uid;

  const owned = (server: TmuxServer, { sessionId, uid }: Omit<OwnedId, 'shard'>): Session => {
    const session = server.session(checkedId(sessionId));
    if (!isOurs(session, uid)) throw notOurs(sessionId);
    return session;
  };
  const ownedPane = (server: TmuxServer, { sessionId, uid, paneId }: OwnedPane): Pane => {
    const pane = server.pane(checkedId(paneId));
    const { session } = pane.window;
    if (session.id !== sessionId || !isOurs(session, uid)) throw notOurs(paneId);
    return pane;
  };

  const prepared = (window: NewWindow): NewPane => {
    const { name, argv, cwd, logFile } = window;
    if (!disk.isDirectory(cwd)) throw new TmuxError('Refused', `window "${name}": there is no directory ${cwd}`);
    return { name: checkedName(name), argv, cwd, pipe: logFile, remainOnExit: true };
  };

  const list = async (shard: number): Promise<ShardListing> => {
    const socket = tmux.socketOf(shard);
    try {
      const { server, sessions } = await read('tmux.observe', shard, ({ process, sessions: held }) => ({
        server: { pid: process.pid, startTicks: process.startTicks },
        sessions: held.map((session) => listedSession(session, shard, ownerId)),
      }));
      return { shard, socket, server: present(server), sessions: present(sessions) };
    } catch (error) {
      const seen = isTmuxError(error, 'NoServer') ? absent : unknown(messageOf(error));
      return { shard, socket, server: seen, sessions: seen };
    }
  };

  return {
    observe: sharedLook(life.clock, () => Promise.all(ways.known.map(list))),
    socketOf: (shard) => tmux.socketOf(shard),

    async untagged(shard) {
      const found = await read('tmux.untagged', shard, (server) =>
        server.sessions
          .filter((session) => (tag(session, 'owner') === '' || isHalfTagged(session)) && tag(session, 'role') === '')
          .map(({ id, name, windows }) => {
            const paths = windows.flatMap(({ panes }) => panes.flatMap((pane) => [pane.startPath, pane.currentPath]));
            return { shard, id, name, paths: [...new Set(paths)] };
          }),
      );
      const birth = (id: string): Promise<string | null> =>
        read(
          'tmux.untagged',
          shard,
          (server) => server.sessions.find((each) => each.id === id)?.environment.get('TMUXLET_UID') ?? null,
        );
      return Promise.all(found.map(async (session) => ({ ...session, birthUid: await birth(session.id) })));
    },

    paths: (shard) =>
      read('tmux.paths', shard, ({ sessions }) => new Map(sessions.map(({ id, path }) => [id, path] as const))),

    async createSession({ shard, name, tags, windows }) {
      if (tags.owner !== ownerId) throw new TmuxError('Refused', `the owner of ${name} is not ours`);
      const options = { ...optionsOf(tags), [TAGS.birth]: life.pid.toString() };
      checkedName(name);
      const first = prepared(windows[0]);
      const others = windows.slice(1).map(prepared);
      const make = (server: TmuxServer, panes: readonly NewPane[]): void => {
        const session = server.newSession('controller', {
          name,
          environment: { TMUXLET_UID: tags.uid },
          options,
          pane: first,
        });
        for (const pane of panes) server.newWindow('controller', session, pane);
      };
      await ask('tmux.createSession', shard, (server) => make(server, others), {
        start: true,
        // tmux stops half-way, and what it has made is not always undone.
        half(server) {
          make(server, others.slice(1));
          throw new TmuxError('Refused', 'fork failed: Resource temporarily unavailable');
        },
      });
    },

    async respawnPane(pane, window) {
      const program = prepared(window);
      await ask('tmux.respawnPane', pane.shard, (server) =>
        server.respawnPane('controller', ownedPane(server, pane), program),
      );
    },

    async addWindow(session, window) {
      const pane = prepared(window);
      await ask('tmux.addWindow', session.shard, (server) => {
        const found = owned(server, session);
        if (found.windows.some(({ name }) => name === window.name)) {
          throw new TmuxError('DuplicateName', `${found.id} has a window of that name`);
        }
        server.newWindow('controller', found, pane);
      });
    },

    type: (pane, line) =>
      ask('tmux.type', pane.shard, (server) => server.type('controller', ownedPane(server, pane), line)),

    capture: (shard, paneId) =>
      read('tmux.capture', shard, (server) => server.pane(checkedId(paneId)).typed.join('\n')),

    activity: (shard, paneId) =>
      read('tmux.activity', shard, (server) => {
        const pane = server.panes.find(({ id }) => id === checkedId(paneId));
        return pane === undefined ? null : machine.activityOf(pane);
      }),

    pipe: (shard, paneId, file) =>
      ask('tmux.pipe', shard, (server) => {
        const pane = server.pane(checkedId(paneId));
        if (tag(pane.window.session, 'owner') !== ownerId) throw notOurs(paneId);
        server.pipePane('controller', pane, file);
      }),

    details: (shard, sessionId) =>
      read('tmux.details', shard, (server) => server.details(server.session(checkedId(sessionId)))),

    async killSession({ unattended = false, ...session }) {
      try {
        await ask('tmux.killSession', session.shard, (server) => {
          const found = owned(server, session);
          if (unattended && found.attached > 0) throw notOurs(session.sessionId);
          server.killSession('controller', found);
        });
      } catch (error) {
        if (!isTmuxError(error, 'NotFound') && !isTmuxError(error, 'NoServer')) throw error;
      }
    },

    killForeign: (shard, sessionId, sessionName) =>
      ask('tmux.killForeign', shard, (server) => {
        const session = server.session(checkedId(sessionId));
        const isForeign = tag(session, 'owner') === '' && tag(session, 'role') === '';
        if (session.name !== checkedName(sessionName) || !isForeign) throw notOurs(sessionId);
        server.killSession('controller', session);
      }),

    tagSession: (shard, sessionId, tags, sessionName) =>
      ask('tmux.tagSession', shard, (server) => {
        const session = server.session(checkedId(sessionId));
        const isFree = tag(session, 'owner') === '' || isHalfTagged(session) || isOurs(session, tags.uid);
        if (!isFree || (sessionName !== undefined && session.name !== checkedName(sessionName))) {
          throw notOurs(sessionId);
        }
        server.setOptions('controller', session, optionsOf(tags));
      }),

    retagSession: ({ shard, sessionId, uid }, tags) =>
      ask('tmux.retagSession', shard, (server) => {
        const session = server.session(checkedId(sessionId));
        if (!isOurs(session, uid) && !isOurs(session, tags.uid)) throw notOurs(sessionId);
        server.setOptions('controller', session, optionsOf(tags));
      }),

    onHint(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
