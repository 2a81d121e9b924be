import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/adapters/clock.ts';
import { openLocks } from '../../src/adapters/locks/locks.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { type Competitor, locksConform } from './locks.ts';
import { LOCKS, locksOf } from '../simulation/ports/locks.ts';
import type { HeldLock } from '../../src/api/ports/world.ts';
import { calmLife } from './calm-life.ts';

const HOLDER = fileURLToPath(new URL('../helpers/lock-holder.ts', import.meta.url));

const competitor = async (directory: string): Promise<Competitor> => {
  const child = fork(HOLDER, [directory]);
  const ask = async (name: string | null): Promise<number | null> => {
    child.send({ name });
    const [answer] = await once(child, 'message');
    return answer.token;
  };
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    take: ask,
    giveBack: async () => void (await ask(null)),
    async die() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
};

locksConform('of the real kernel', () => {
  const folder = temporaryFolder();
  const competitors: Competitor[] = [];
  const holderFile = (name: string): string => join(folder.path, `${name}.holder.json`);
  return {
    open: () => openLocks(folder.path, systemClock()),
    async compete() {
      const other = await competitor(folder.path);
      competitors.push(other);
      return other;
    },
    changeHolder(name, change) {
      const { held: _, ...info } = { ...JSON.parse(readFileSync(holderFile(name), 'utf8')), ...change };
      writeFileSync(holderFile(name), JSON.stringify(info));
    },
    tearHolder: (name) => truncateSync(holderFile(name), 9),
    async remove() {
      for (const other of competitors) await other.die();
      folder.remove();
    },
  };
});

locksConform('of the simulated kernel', () => {
  const { machine, life, another } = calmLife();
  const noteOf = (name: string) => {
    const note = machine.locks.noteOf(`${LOCKS}/${name}`);
    if (note === null) throw new Error(`nobody has said that he holds ${name}`);
    return note;
  };
  return {
    open: () => locksOf({ life, machine }),
    async compete() {
      const other = another();
      const locks = locksOf({ life: other, machine });
      let last: HeldLock | null = null;
      return {
        pid: other.pid,
        async take(name) {
          last = locks.tryAcquire(name, 'start');
          return last?.token ?? null;
        },
        giveBack: async () => last?.release(),
        die: async () => other.end(),
      };
    },
    changeHolder: (name, change) => machine.locks.setNote(`${LOCKS}/${name}`, { ...noteOf(name), ...change }),
    tearHolder: (name) => machine.locks.setNote(`${LOCKS}/${name}`, null),
    remove: async () => {},
  };
});
