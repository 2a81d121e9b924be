import { execFile } from 'node:child_process';

/** What a tmux client printed; null when there was no answer in time, or a refusal. Never starts a server. */
export const tmux = (socket: string, args: readonly string[], withinMs = 2_000): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(
      'tmux',
      ['-S', socket, '-N', '-f', '/dev/null', ...args],
      { encoding: 'utf8', timeout: withinMs, killSignal: 'SIGKILL' },
      (error, stdout) => resolve(error === null ? stdout : null),
    );
  });

/** A session as a plain client sees it. Tags that are not there are empty. */
export interface Session {
  readonly socket: string;
  /** The pid of its server. */
  readonly server: number;
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly uid: string;
  readonly project: string;
  /** The quiet sessions that control clients sit in. */
  readonly isControl: boolean;
  readonly panes: readonly Pane[];
}

export interface Pane {
  readonly id: string;
  readonly pid: number;
  readonly dead: boolean;
  readonly window: string;
}

// What others may have written stands last; tmux shows control characters of a name escaped.
const SESSION = ['pid', 'session_id', '@tmuxlet_owner', '@tmuxlet_uid', '@tmuxlet_project', '@tmuxlet_role'];
const PANE = ['session_id', 'pane_id', 'pane_pid', 'pane_dead'];
const format = (mark: string, names: readonly string[], last: string): string =>
  [mark, ...names.map((name) => `#{${name}}`), `#{${last}}`].join('\t');

/** All sessions of a server, by one call; null when it did not answer. */
export const sessionsAt = async (socket: string): Promise<readonly Session[] | null> => {
  const sessions = ['list-sessions', '-F', format('S', SESSION, 'session_name')];
  const panes = ['list-panes', '-a', '-F', format('P', PANE, 'window_name')];
  const printed = await tmux(socket, [...sessions, ';', ...panes]);
  if (printed === null) return null;
  const found = new Map<string, Session & { readonly panes: Pane[] }>();
  for (const line of printed.split('\n')) {
    const [mark, ...fields] = line.split('\t');
    if (mark === 'S') {
      const [server, id = '', owner = '', uid = '', project = '', role, ...name] = fields;
      const isControl = role === 'control';
      found.set(id, {
        socket,
        server: Number(server),
        id,
        owner,
        uid,
        project,
        isControl,
        name: name.join('\t'),
        panes: [],
      });
    } else if (mark === 'P') {
      const [session = '', id = '', pid, dead, ...window] = fields;
      found.get(session)?.panes.push({ id, pid: Number(pid), dead: dead === '1', window: window.join('\t') });
    }
  }
  return [...found.values()];
};
