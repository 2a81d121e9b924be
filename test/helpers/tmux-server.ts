import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { openTmux } from '../../src/adapters/tmux/open-tmux.ts';
import type { TmuxOptions } from '../../src/adapters/tmux/open-tmux.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import type { Note } from '../../src/api/note.ts';
import type { ListedSession, SessionTags, ShardListing } from '../../src/api/observation.ts';
import type { NewSession, NewWindow, OwnedPane, Tmux } from '../../src/api/ports/tmux.ts';

export const OWNER = 'owner-1';
export const clock = systemClock();

/** A base environment such as the caller gives: nothing of the terminal or tmux that the tests run in. */
export const BASE_ENV = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: tmpdir(), LANG: 'C.UTF-8' };

export type OpenTmux = Tmux & { close(): Promise<void> };

/** A folder with tmux servers of its own. */
export interface TmuxBed {
  readonly directory: string;
  readonly socket: string;
  /** What the adapters noted. */
  readonly notes: string[];
  open(options?: Partial<TmuxOptions>): Promise<OpenTmux>;
  /** tmux by a person's hand, on the socket of a shard; gives what it printed. */
  tmux(words: readonly string[], shard?: number): Promise<string>;
  /** Starts a server by a person's hand, on the first socket. */
  startByHand(): Promise<void>;
  /** Ends all that was opened, and every server. */
  end(): Promise<void>;
}

export const tmuxBed = async (): Promise<TmuxBed> => {
  const directory = await mkdtemp(join(tmpdir(), 'tl-tmux-'));
  const socket = join(directory, 's');
  const opened: OpenTmux[] = [];
  const notes: string[] = [];
  const byHand = { env: BASE_ENV, extendEnv: false, timeout: 10_000, stdin: 'ignore' } as const;
  const plain = (path: string, words: readonly string[]) =>
    execa('tmux', ['-S', path, '-N', '-f', '/dev/null', ...words], byHand);
  return {
    directory,
    socket,
    notes,
    async open(options = {}) {
      const note: Note = (_, message, fields) => void notes.push(`${message} ${JSON.stringify(fields)}`);
      const defaults = {
        socket,
        stateDir: directory,
        ownerId: OWNER,
        env: BASE_ENV,
        mode: 'Manage',
        clock,
        note,
      } as const;
      const tmux = await openTmux({ ...defaults, ...options });
      opened.push(tmux);
      return tmux;
    },
    async tmux(words, shard = 0) {
      return (await plain(shard === 0 ? socket : `${socket}.${shard}`, words)).stdout;
    },
    async startByHand() {
      await execa(
        'tmux',
        ['-S', socket, '-f', '/dev/null', 'new-session', '-d', '-s', 'by-hand', 'sleep', '1000'],
        byHand,
      );
    },
    async end() {
      await Promise.all(opened.map((tmux) => tmux.close()));
      const sockets = (await readdir(directory)).filter((name) => /^s(\.\d+)?$/.test(name));
      await Promise.all(sockets.map((name) => plain(join(directory, name), ['kill-server']).catch(() => {})));
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export const tagsOf = (uid: string, attempt = 1): SessionTags => ({
  owner: OWNER,
  uid,
  project: `project-${uid}`,
  attempt,
  specHash: 'v1:0123abcd',
});

export const newWindow = (argv: readonly string[] = ['sleep', '1000'], more: Partial<NewWindow> = {}): NewWindow => ({
  name: 'main',
  argv,
  cwd: tmpdir(),
  logFile: null,
  ...more,
});

export const newSession = (name: string, more: Partial<NewSession> = {}): NewSession => ({
  shard: 0,
  name,
  tags: tagsOf(`uid-${name}`),
  windows: [newWindow()],
  ...more,
});

/** A listing that begins now. */
export const look = (tmux: Tmux): Promise<readonly ShardListing[]> => tmux.observe(clock.now().monotonicMs);

/** One shard's listing, begun now. */
export const lookAt = async (tmux: Tmux, shard = 0): Promise<ShardListing> => {
  const listing = (await look(tmux)).find((listed) => listed.shard === shard);
  if (listing === undefined) throw new Error(`shard ${shard} is not listed`);
  return listing;
};

/** All sessions of all shards; throws when one could not be listed. */
export const sessionsOf = async (tmux: Tmux): Promise<readonly ListedSession[]> =>
  (await look(tmux)).flatMap(({ shard, sessions }) => {
    if (sessions.seen === 'Unknown') throw new Error(`shard ${shard} is Unknown: ${sessions.reason}`);
    return sessions.seen === 'Present' ? sessions.value : [];
  });

export const sessionNamed = async (tmux: Tmux, name: string): Promise<ListedSession> => {
  const sessions = await sessionsOf(tmux);
  const session = sessions.find((listed) => listed.name === name);
  if (session === undefined)
    throw new Error(`no session ${name} in ${sessions.map((listed) => listed.name).join(' ')}`);
  return session;
};

/** What names a session of ours, and one of its panes, to the adapter. */
export const paneOf = (session: ListedSession, index = 0): OwnedPane => {
  const pane = session.panes[index];
  if (pane === undefined || session.tags === null) throw new Error(`${session.name} is not ours or has no such pane`);
  return { shard: session.shard, sessionId: session.id, uid: session.tags.uid, paneId: pane.paneId };
};
