import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ListedPane } from '../../src/api/observation.ts';

/** A tmux server of its own, driven by plain clients: for tests of what runs inside panes. */
export interface BareTmux {
  readonly socket: string;
  /** Any tmux command; returns what it printed. */
  run(...args: readonly string[]): Promise<string>;
  /** A session whose one window runs this argv and stays when it has ended. */
  start(session: string, uid: string, argv: readonly string[], window?: string): Promise<void>;
  pane(session: string): Promise<ListedPane>;
  type(session: string, line: string): Promise<void>;
  screen(session: string): Promise<string>;
  kill(): Promise<void>;
}

const exec = promisify(execFile);

export const bareTmux = (folder: string, env: NodeJS.ProcessEnv = process.env): BareTmux => {
  const socket = join(folder, 'tmux');
  const run = async (...args: readonly string[]): Promise<string> =>
    (await exec('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env })).stdout;

  return {
    socket,
    run,
    async start(session, uid, argv, window = 'main') {
      const create = ['new-session', '-d', '-s', session, '-n', window, '-e', `TMUXLET_UID=${uid}`, ...argv];
      await run(...create, ';', 'set-option', '-w', '-t', `=${session}:`, 'remain-on-exit', 'on');
    },
    async pane(session) {
      const format =
        '#{pane_id} #{window_id} #{window_name} #{pane_pid} #{pane_dead} #{pane_dead_status},#{pane_dead_signal}';
      const [paneId = '', windowId = '', windowName = '', pid, dead, exit = ''] = (
        await run('list-panes', '-t', `=${session}:`, '-F', format)
      )
        .trim()
        .split(' ');
      const [status, signal] = exit.split(',').map((number) => (number === '' ? null : Number(number)));
      return {
        paneId,
        windowId,
        windowName,
        pid: Number(pid),
        dead: dead === '1',
        deadStatus: status ?? null,
        deadSignal: signal ?? null,
        piped: false,
      };
    },
    async type(session, line) {
      await run('send-keys', '-t', `=${session}:`, '-l', line);
      await run('send-keys', '-t', `=${session}:`, 'Enter');
    },
    screen: (session) => run('capture-pane', '-p', '-S', '-', '-t', `=${session}:`),
    async kill() {
      // No server is no error: the test may have ended it.
      await run('kill-server').catch(() => {});
    },
  };
};
