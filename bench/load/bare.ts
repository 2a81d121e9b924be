import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { temporaryFolder } from '../../test/helpers/temporary.ts';
import type { Bare } from './findings.ts';
import { usageOf } from './usage.ts';

/** So many sessions has a server, as under the controller by default. */
const PER_SERVER = 150;

/**
 * What tmux alone needs for as many sessions: one control client a server, which is handed all of its commands at
 * once, and nothing around what runs in them.
 */
export const bareTmux = async (sessions: number, command: string, signal: AbortSignal): Promise<Bare> => {
  const { path, remove } = temporaryFolder();
  const servers = Math.ceil(sessions / PER_SERVER);
  const sockets = Array.from({ length: servers }, (_, server) => join(path, `s${server}`));
  const clients: ReturnType<typeof control>[] = [];
  try {
    for (const socket of sockets) clients.push(control(socket, signal));
    await Promise.all(clients.map((client) => client.answers(1)));
    const began = performance.now();
    await Promise.all(
      clients.map((client, server) => {
        const count = Math.min(PER_SERVER, sessions - server * PER_SERVER);
        const lines = Array.from(
          { length: count },
          (_, index) => `new-session -d -s b${index} -- sh -c '${command}'\n`,
        );
        client.write(lines.join(''));
        return client.answers(count + 1);
      }),
    );
    const ms = performance.now() - began;
    const pids = sockets.map((socket) => Number(tmux(socket, 'display-message', '-p', '#{pid}')));
    return { sessions, ms, rssBytes: usageOf(pids).rssBytes };
  } finally {
    for (const client of clients) await client.close();
    for (const socket of sockets) tmux(socket, 'kill-server');
    remove();
  }
};

const tmux = (socket: string, ...args: readonly string[]): string => {
  try {
    return execFileSync('tmux', ['-S', socket, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    // A server that never came up has nothing to end.
    return '';
  }
};

const control = (socket: string, signal: AbortSignal) => {
  const child = spawn(
    'tmux',
    ['-S', socket, '-f', '/dev/null', '-C', 'new-session', '-s', 'quiet', '--', 'sleep', '100000'],
    // In a group of its own: Ctrl-C is for who waits for it.
    { stdio: ['pipe', 'pipe', 'ignore'], detached: true },
  );
  let rest = '';
  let answered = 0;
  let told = (): void => {};
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    answered += lines.filter((line) => line.startsWith('%end ') || line.startsWith('%error ')).length;
    told();
  });
  return {
    write: (lines: string): void => void child.stdin.write(lines),
    answers: (count: number): Promise<void> =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        child.once('exit', () => reject(new Error(`tmux ended after ${answered} answers`)));
        told = () => {
          if (answered >= count) resolve();
        };
        told();
      }),
    async close(): Promise<void> {
      const ended = once(child, 'exit');
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await ended;
    },
  };
};
