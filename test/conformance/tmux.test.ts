import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { identify } from '../../src/adapters/processes/stat.ts';
import { eventually } from '../helpers/eventually.ts';
import { BASE_ENV, clock, OWNER, tmuxBed } from '../helpers/tmux-server.ts';
import { commandOf } from '../simulation/machine/fate.ts';
import type { Session, Window } from '../simulation/machine/tmux-server.ts';
import { processesOf } from '../simulation/ports/processes.ts';
import { tmuxOf } from '../simulation/ports/tmux.ts';
import { calmLife } from './calm-life.ts';
import { tmuxConforms } from './tmux.ts';

const ARGV = {
  sleeps: ['sleep', '1000'],
  'ends with 3': ['sh', '-c', 'exit 3'],
  'reads lines': ['cat'],
} as const;

tmuxConforms('on real servers', async () => {
  const bed = await tmuxBed();
  const run = (words: readonly string[]): Promise<string> => bed.tmux(words);
  return {
    ownerId: OWNER,
    open: async () => ({ tmux: await bed.open({ deadlineMs: 1_000 }), isAlive: (pid) => identify(pid) !== null }),
    people: {
      async newSession(name, uid) {
        const born = uid === undefined ? [] : ['-e', `TMUXLET_UID=${uid}`];
        const words = ['new-session', '-d', '-P', '-F', '#{session_id}', '-s', name, '-c', bed.directory, ...born];
        return run([...words, 'sleep', '1000']);
      },
      rename: async (id, name) => void (await run(['rename-session', '-t', id, name])),
      setOption: async (id, option, value) =>
        void (await run(
          value === '' ? ['set-option', '-u', '-t', id, option] : ['set-option', '-t', id, option, value],
        )),
      killSession: async (id) => void (await run(['kill-session', '-t', id])),
      killWindow: async (id) => void (await run(['kill-window', '-t', id])),
      splitWindow: async (id) => void (await run(['split-window', '-d', '-t', id, 'sleep', '1000'])),
      async attach(id) {
        const flags = ['-S', bed.socket, '-N', '-C', 'attach-session', '-t', id];
        const person = spawn('tmux', flags, { env: BASE_ENV, stdio: ['pipe', 'pipe', 'ignore'] });
        await eventually(
          async () => Number(await run(['display-message', '-p', '-t', id, '#{session_attached}'])) === 1,
        );
        return () => person.stdin.end();
      },
    },
    now: () => clock.now().monotonicMs,
    cwd: bed.directory,
    argvOf: (doing) => ARGV[doing],
    async unlink() {
      // It may just be made anew.
      await eventually(() => existsSync(bed.socket));
      rmSync(bed.socket);
    },
    signalServer: (pid, signal) => process.kill(pid, signal),
    until: (check) => eventually(check, { withinMs: 10_000 }),
    remove: bed.end,
  };
});

tmuxConforms('on simulated servers', async () => {
  const { machine, kernel, life, another, driven } = calmLife();
  const { tmux, disk, processes } = machine;
  const cwd = '/srv/work';
  disk.makeDirectory(cwd);
  const sessionOf = (id: string): Session => {
    const session = tmux.listening(tmux.socket)?.session(id);
    if (session === undefined) throw new Error(`no session ${id}`);
    return session;
  };
  const windowOf = (id: string): Window => {
    const window = tmux.sessions.flatMap(({ windows }) => windows).find((each) => each.id === id);
    if (window === undefined) throw new Error(`no window ${id}`);
    return window;
  };
  let lives = 0;
  return {
    ownerId: OWNER,
    async open() {
      const own = lives++ === 0 ? life : another();
      const { identify } = processesOf({ life: own, machine });
      return {
        tmux: driven(tmuxOf({ life: own, machine, ownerId: OWNER })),
        isAlive: (pid: number) => identify(pid) !== null,
      };
    },
    people: {
      async newSession(name, uid) {
        const server = tmux.listening(tmux.socket) ?? tmux.start('people', tmux.socket);
        const environment = uid === undefined ? {} : { TMUXLET_UID: uid };
        return server.newSession('people', { name, environment, pane: { name: 'sh', argv: [], cwd } }).id;
      },
      rename: async (id, name) => sessionOf(id).server.renameSession('people', sessionOf(id), name),
      setOption: async (id, option, value) =>
        sessionOf(id).server.setOptions('people', sessionOf(id), { [option]: value }),
      killSession: async (id) => sessionOf(id).server.killSession('people', sessionOf(id)),
      killWindow: async (id) => windowOf(id).session.server.killWindow('people', windowOf(id)),
      splitWindow: async (id) => void windowOf(id).session.server.splitWindow('people', windowOf(id), [], cwd),
      async attach(id) {
        const session = sessionOf(id);
        session.server.attach(session);
        return () => session.server.detach(session);
      },
    },
    now: () => kernel.now().monotonicMs,
    cwd,
    argvOf: (doing) => (doing === 'ends with 3' ? commandOf({ endsAfterMs: 5, exitCode: 3 }) : ARGV[doing]),
    unlink: async () => tmux.unlink(tmux.socket),
    signalServer: (pid, signal) => processes.byPid(pid)?.signal(signal),
    async until(check) {
      for (let tries = 0; tries < 1_000; tries++) {
        const value = await check();
        if (value !== false && value !== null && value !== undefined) return value as never;
        await kernel.run(5);
      }
      throw new Error('the check never passed');
    },
    async remove() {},
  };
});
