import type { ProcessIdentity } from '../../../src/api/observation.ts';
import type { Processes } from '../../../src/api/ports/processes.ts';
import { familyOf } from '../../../src/adapters/processes/table.ts';
import type { Family } from '../../../src/adapters/processes/table.ts';
import { sharedLook } from '../../../src/adapters/tmux/shared-look.ts';
import type { Life } from '../kernel/life.ts';
import { diskError } from '../machine/disk.ts';
import type { Machine } from '../machine/machine.ts';
import { USER } from '../machine/process.ts';

const MAX_ROUNDS = 20;
const GONE_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 50;

const tooMany = (): Error => diskError('EMFILE', '/proc');

/** The processes of the simulated machine, as /proc shows them. */
export const processesOf = ({ life, machine }: { readonly life: Life; readonly machine: Machine }): Processes => {
  const { processes } = machine;

  const scan = (): Family =>
    familyOf(
      processes.live.map(({ pid, startTicks, ppid, environment, user }) => {
        const isOurs = user === USER;
        const marker = (isOurs && environment['TMUXLET_UID']) || null;
        return { pid, startTicks, ppid, marker, window: marker && (environment['TMUXLET_WINDOW'] ?? null) };
      }),
      life.pid,
    );

  const observe = sharedLook(life.clock, () =>
    life.call('processes.observe', { effect: scan, fails: [tooMany], reads: true }),
  );

  const isAlive = (process: ProcessIdentity): boolean => processes.find(process) !== null;

  /** What passes SIGTERM on to its own command, so that this hears it once. */
  const isPassedOn = (pid: number, targets: ReadonlySet<number>): boolean => {
    const parent = processes.byPid(processes.byPid(pid)?.ppid ?? 0);
    return parent !== null && machine.isWrapper(parent) && targets.has(parent.pid);
  };

  const signal = (
    fresh: readonly ProcessIdentity[],
    targets: ReadonlySet<number>,
    name: 'SIGTERM' | 'SIGKILL',
  ): readonly ProcessIdentity[] =>
    fresh.filter((target) => {
      const process = processes.find(target);
      if (process === null || process.user !== USER) return false;
      const isHeard = name === 'SIGTERM' && isPassedOn(process.pid, targets);
      const wasStopped = process.state === 'Stopped';
      if (!isHeard) machine.signal('controller', process, name);
      if (wasStopped && name === 'SIGTERM') machine.signal('controller', process, 'SIGCONT');
      return true;
    });

  const untilGone = async (targets: readonly ProcessIdentity[]): Promise<void> => {
    const deadline = life.clock.now().monotonicMs + GONE_WITHIN_MS;
    while (targets.some(isAlive) && life.clock.now().monotonicMs < deadline) {
      await new Promise<void>((resolve) => life.clock.after(LOOK_EVERY_MS, resolve));
    }
  };

  return {
    observe,
    isAlive,
    hasTerminal: (process) => (processes.find(process)?.terminal ?? null) !== null,
    typedInto: (wrapper, command) =>
      (processes.find(wrapper)?.terminal ?? null) === null
        ? null
        : (processes.byPid(command.pid)?.program.argv ?? null),
    identify(pid) {
      const process = processes.byPid(pid);
      return process?.isLive ? { pid, startTicks: process.startTicks } : null;
    },

    async signalTree(uid, roots, name, window) {
      const tried = new Set<string>();
      let signalled = 0;
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const family = await observe(life.clock.now().monotonicMs);
        const all = [...family.of(uid, window), ...family.below(roots)];
        const found = [...new Map(all.map((process) => [process.pid, process])).values()];
        const fresh = found.filter(({ pid, startTicks }) => !tried.has(`${pid}/${startTicks}`));
        if (fresh.length === 0) break;
        for (const { pid, startTicks } of fresh) tried.add(`${pid}/${startTicks}`);
        const targets = new Set(found.map(({ pid }) => pid));
        const reached = await life.call('processes.signalTree', {
          effect: () => signal(fresh, targets, name),
          partial() {
            signal(fresh.slice(0, fresh.length >> 1), targets, name);
            throw tooMany();
          },
        });
        signalled += reached.length;
        if (name === 'SIGKILL') await untilGone(reached);
      }
      return signalled;
    },
  };
};
