import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../src/adapters/clock.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import type { ProcessIdentity } from '../../src/api/observation.ts';
import { eventually } from '../helpers/eventually.ts';
import { mannered } from '../simulation/machine/command.ts';
import { processesOf } from '../simulation/ports/processes.ts';
import { calmLife } from './calm-life.ts';
import { processesConform } from './processes.ts';
import type { Started } from './processes.ts';

processesConform('of this machine', () => {
  const clock = systemClock();
  const processes = openProcesses(clock);
  const started: ProcessIdentity[] = [];

  const identityOf = (pid: number): ProcessIdentity => {
    const identity = processes.identify(pid);
    if (identity === null) throw new Error('a process of the test has ended');
    started.push(identity);
    return identity;
  };
  const scriptOf = ({ ignores, child }: Started): string => {
    const bare = child === 'bare' ? 'env -i ' : '';
    const begin = child === undefined ? 'echo none' : `${bare}setsid sleep 1000 >/dev/null & echo $!`;
    return `${ignores ? "trap '' TERM; " : ''}${begin}; exec sleep 1000 >/dev/null`;
  };

  return {
    processes,
    now: () => clock.now().monotonicMs,
    async start(how) {
      const { uid, window } = how;
      const env = {
        PATH: process.env['PATH'],
        ...(uid && { TMUXLET_UID: uid }),
        ...(window && { TMUXLET_WINDOW: window }),
      };
      const self = spawn('/bin/bash', ['-c', scriptOf(how)], {
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [line] = await once(self.stdout, 'data');
      const child = Number(String(line));
      const identities = { self: identityOf(self.pid ?? 0), child: Number.isNaN(child) ? null : identityOf(child) };
      // What is just being replaced by exec shows no environment for a moment.
      await eventually(async () => {
        const found = (await processes.observe(clock.now().monotonicMs)).of(uid ?? '');
        return uid === undefined || found.some(({ pid }) => pid === self.pid);
      });
      return identities;
    },
    stop: ({ pid }) => process.kill(pid, 'SIGSTOP'),
    kill: ({ pid }) => process.kill(pid, 'SIGKILL'),
    until: async (check) => void (await eventually(check)),
    async remove() {
      await processes.signalTree('', started, 'SIGKILL');
    },
  };
});

processesConform('of the simulated machine', () => {
  const { machine, kernel, life, driven } = calmLife();
  const spawned = ({ pid, startTicks }: ProcessIdentity): ProcessIdentity => ({ pid, startTicks });
  const signal = (process: ProcessIdentity, name: 'SIGSTOP' | 'SIGKILL'): void =>
    machine.processes.find(process)?.signal(name);
  return {
    processes: driven(processesOf({ life, machine })),
    now: () => kernel.now().monotonicMs,
    async start({ uid, window, ignores, child }) {
      await kernel.run(100);
      const environment = { ...(uid && { TMUXLET_UID: uid }), ...(window && { TMUXLET_WINDOW: window }) };
      const program = mannered(['sleep', '1000'], ignores ? [ignores] : [], 0);
      const self = machine.processes.spawn({ program, environment });
      const born =
        child && machine.processes.spawn({ program, environment: child === 'bare' ? {} : environment, parent: self });
      return { self: spawned(self), child: born ? spawned(born) : null };
    },
    stop: (process) => signal(process, 'SIGSTOP'),
    kill: (process) => signal(process, 'SIGKILL'),
    async until(check) {
      for (let tries = 0; !(await check()); tries++) {
        if (tries > 100) throw new Error('the check never passed');
        await kernel.run(50);
      }
    },
    async remove() {},
  };
});
