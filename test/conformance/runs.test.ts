import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRunBench } from '../helpers/run-bench.ts';
import { eventually } from '../helpers/eventually.ts';
import { commandOf } from '../simulation/machine/fate.ts';
import type { Fate } from '../simulation/machine/fate.ts';
import { processesOf } from '../simulation/ports/processes.ts';
import { runsOf } from '../simulation/ports/runs.ts';
import { listedPane } from '../simulation/ports/tmux-listing.ts';
import { calmLife } from './calm-life.ts';
import { runsConform } from './runs.ts';
import type { Behaviour } from './runs.ts';

/** In the working directory. */
const MAY_END = 'may-end';
const BEAT = 'touch "$TMUXLET_HEARTBEAT_FILE"';

const scriptOf = (behaviour: Behaviour): string => {
  switch (behaviour.does) {
    case 'ends':
      return `exit ${behaviour.code}`;
    case 'sleeps':
      return `${BEAT}; exec sleep 1000`;
    case 'ignores HUP':
      return `trap '' HUP; ${BEAT}; exec sleep 1000`;
    case 'ignores TERM':
      return `trap '' TERM; ${BEAT}; exec sleep 1000`;
    case 'lingers':
      // What it waits with is signalled, too.
      return `trap 'while [ ! -e ${MAY_END} ]; do sleep 0.02; done; exit 0' TERM
        ${BEAT}; while :; do sleep 0.01; done`;
    case 'beats':
      return `while :; do ${BEAT}; sleep 0.1; done`;
  }
};

runsConform('in real panes', () => {
  const { folder, runs, processes, tmux, close } = openRunBench();
  const uids: string[] = [];
  return {
    runs,
    processes,
    cwd: folder,
    commandOf: scriptOf,
    start(uid, argv) {
      uids.push(uid);
      return tmux.start(uid, uid, argv);
    },
    pane: tmux.pane,
    killSession: async (uid) => void (await tmux.run('kill-session', '-t', `=${uid}`)),
    signal: ({ pid }, signal) => process.kill(pid, signal),
    letEnd: () => writeFileSync(join(folder, MAY_END), ''),
    until: (check) => eventually(check),
    async remove() {
      await tmux.kill();
      for (const uid of uids) await processes.signalTree(uid, [], 'SIGKILL');
      await close();
    },
  };
});

const fateOf = (behaviour: Behaviour): Partial<Fate> => {
  switch (behaviour.does) {
    case 'ends':
      return { endsAfterMs: 5, exitCode: behaviour.code };
    case 'sleeps':
    case 'beats':
      return {};
    case 'ignores HUP':
      return { ignores: ['SIGHUP'] };
    case 'ignores TERM':
      return { ignores: ['SIGTERM'] };
    case 'lingers':
      return { lingerMs: 3_000 };
  }
};

runsConform('in simulated panes', () => {
  const { machine, kernel, life, driven } = calmLife();
  const { tmux } = machine;
  const server = tmux.start('people', '/tmp/people');
  const sessionOf = (uid: string) => {
    const session = server.sessions.find(({ name }) => name === uid);
    if (session === undefined) throw new Error(`no session ${uid}`);
    return session;
  };
  return {
    runs: driven(runsOf({ life, machine })),
    processes: driven(processesOf({ life, machine })),
    cwd: '/',
    commandOf: (behaviour) => commandOf({ beatsEveryMs: 100, ...fateOf(behaviour) }),
    async start(uid, argv) {
      const pane = { name: 'main', argv, cwd: '/', remainOnExit: true };
      server.newSession('people', { name: uid, environment: { TMUXLET_UID: uid }, pane });
    },
    async pane(uid) {
      const pane = sessionOf(uid).windows[0]?.panes[0];
      if (pane === undefined) throw new Error(`no pane of ${uid}`);
      return listedPane(pane);
    },
    killSession: async (uid) => server.killSession('people', sessionOf(uid)),
    signal: (process, signal) => machine.processes.find(process)?.signal(signal),
    letEnd() {},
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
