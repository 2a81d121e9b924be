import type { StepKind } from '../acts.ts';
import type { Installation } from '../installation.ts';
import type { Session, TmuxServer } from '../machine/tmux-server.ts';
import { OWNER_ID } from '../world.ts';
import { NASTY_NAMES } from './texts.ts';

/** What people and neighbours do with tmux. */

const FROZEN_MS = [100, 5_000, 30_000, 120_000];
const HOME = '/srv/work';
const ELSEWHERE = '/home/people';

const one = <T>(items: readonly T[], number = 0): T | undefined => items[number % items.length];

const aSession = ({ world }: Installation, number = 0): Session | undefined => one(world.machine.tmux.sessions, number);
/** One that somebody can still connect to and that answers. */
const aServer = ({ world }: Installation, number = 0): TmuxServer | undefined =>
  one(
    world.machine.tmux.live.filter(
      (server) => !server.isFrozen && world.machine.tmux.listening(server.socket) === server,
    ),
    number,
  );

/** What tmux refuses people is told them, and that is all. */
const tried = (work: () => void, told: string): string => {
  try {
    work();
    return told;
  } catch (error) {
    return `${told}: ${String(error)}`;
  }
};

const act = (
  weight: number,
  what: (session: Session, numbers: readonly number[], installation: Installation) => string | null,
): StepKind => ({
  weight,
  act(installation, [which, ...numbers]) {
    const session = aSession(installation, which);
    if (session === undefined || session.server.isFrozen) return null;
    return what(session, numbers, installation);
  },
});

const called = ({ name, id, server }: Session): string => `session ${id} "${name.slice(0, 20)}" on ${server.socket}`;

export const SESSION_ACTS: Readonly<Record<string, StepKind>> = {
  killSession: act(6, (session) => {
    const told = `people kill ${called(session)}`;
    session.server.killSession('people', session);
    return told;
  }),
  killWindow: act(3, (session, [which]) => {
    const window = one(session.windows, which);
    if (window === undefined) return null;
    session.server.killWindow('people', window);
    return `people kill window ${window.name} of ${called(session)}`;
  }),
  splitWindow: act(1, (session, [which]) => {
    const window = one(session.windows, which);
    if (window === undefined) return null;
    session.server.splitWindow('people', window, [], HOME);
    return `people split window ${window.name} of ${called(session)}`;
  }),
  openWindow: act(1, (session) => {
    session.server.newWindow('people', session, { name: 'bash', argv: [], cwd: HOME });
    return `people open a window in ${called(session)}`;
  }),
  renameWindow: act(1, (session, [which, name]) => {
    const window = one(session.windows, which);
    if (window === undefined) return null;
    session.server.renameWindow(window, one(['main', 'side', 'vim', ''], name) ?? '');
    return `people rename a window of ${called(session)} to ${window.name}`;
  }),
  renameSession: act(4, (session, [name]) => {
    const wanted = one(NASTY_NAMES, name) ?? '';
    return tried(
      () => session.server.renameSession('people', session, wanted),
      `people rename ${called(session)} to "${wanted.slice(0, 20)}"`,
    );
  }),
  stripTags: act(3, (session, [which = 0]) => {
    const tags = ['@tmuxlet_owner', '@tmuxlet_uid', '@tmuxlet_project', '@tmuxlet_attempt', '@tmuxlet_spec'];
    const gone = which % 3 === 0 ? tags : [one(tags, which) ?? ''];
    session.server.setOptions('people', session, Object.fromEntries(gone.map((tag) => [tag, ''])));
    return `people take ${gone.join(', ')} from ${called(session)}`;
  }),
  forgeTags: act(1, (session, [which], { reader }) => {
    const row = one(reader?.projects() ?? [], which);
    // Theirs alone: a session of ours with another one's tags would be ours all the same.
    if (row === undefined || session.options.has('@tmuxlet_owner')) return null;
    session.server.setOptions('people', session, { '@tmuxlet_owner': 'another-installation', '@tmuxlet_uid': row.uid });
    return `neighbours tag ${called(session)} with the uid of ${row.name}`;
  }),
  leaveOrphan: act(1, (session, _, { world }) => {
    if (session.options.has('@tmuxlet_owner')) return null;
    const uid = world.random.uuid();
    session.server.setOptions('people', session, {
      '@tmuxlet_owner': OWNER_ID,
      '@tmuxlet_uid': uid,
      '@tmuxlet_project': 'forgotten',
      '@tmuxlet_attempt': '1',
    });
    return `${called(session)} is of Project forgotten, which nobody remembers`;
  }),
  attach: act(3, (session, [forMs = 0], { world }) => {
    session.server.attach(session);
    world.kernel.after(forMs % 600_000, () => session.server.detach(session));
    return `people attach to ${called(session)} for ${forMs % 600_000} ms`;
  }),
  typeExit: act(2, (session, [which, what]) => {
    const pane = one(
      session.windows.flatMap(({ panes }) => panes),
      which,
    );
    if (pane === undefined) return null;
    session.server.type('people', pane, one(['exit', null, 'ls'], what) ?? null);
    return `people type into ${called(session)}`;
  }),
  createSession: {
    weight: 5,
    act(installation, [where, name, uid, what = 0]) {
      const { machine } = installation.world;
      const wanted = one(NASTY_NAMES, name) ?? '';
      const row = one(installation.reader?.projects() ?? [], uid);
      // A shell inside a Project's session carries its uid, and so does what is started from it.
      const environment: Record<string, string> = what % 5 === 0 && row ? { TMUXLET_UID: row.uid } : {};
      const { socket } = machine.tmux;
      const answers = aServer(installation, where);
      // Whoever connects to a server that is stopped waits, and gives up.
      if (answers === undefined && machine.tmux.listening(socket) !== null) return null;
      const server = answers ?? machine.tmux.start('people', socket);
      return tried(
        () =>
          void server.newSession('people', {
            name: wanted,
            environment,
            pane: { name: 'bash', argv: [], cwd: what % 2 === 0 ? ELSEWHERE : HOME },
          }),
        `people create session "${wanted.slice(0, 20)}" on ${server.socket}`,
      );
    },
  },
  killServer: {
    weight: 2,
    act(installation, [which, how = 0]) {
      const server = one(installation.world.machine.tmux.live, which);
      server?.end('people', how % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
      return server ? `the tmux server of ${server.socket} ends` : null;
    },
  },
  unlinkSocket: {
    weight: 1,
    act(installation, [which]) {
      const server = aServer(installation, which);
      if (server === undefined) return null;
      installation.world.machine.tmux.unlink(server.socket);
      return `people delete the socket ${server.socket}`;
    },
  },
  freezeServer: {
    weight: 1,
    act({ world: { machine, kernel } }, [which, span]) {
      const server = one(machine.tmux.live, which);
      if (server === undefined) return null;
      const ms = one(FROZEN_MS, span) ?? 0;
      machine.signal('people', server.process, 'SIGSTOP');
      kernel.after(ms, () => server.process.signal('SIGCONT'));
      return `the tmux server of ${server.socket} is stopped for ${ms} ms`;
    },
  },
};

/** Nobody looks at any session any more, every process runs, and no server is in the place of an older one. */
export const leave = ({ world: { machine } }: Installation): void => {
  for (const session of machine.tmux.sessions) while (session.attached > 0) session.server.detach(session);
  for (const process of machine.processes.live) process.signal('SIGCONT');
  for (const { socket } of machine.tmux.live) {
    for (const usurper of machine.tmux.holders(socket).slice(1)) usurper.end('people', 'SIGKILL');
  }
};
