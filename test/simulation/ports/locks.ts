import { Name } from '../../../src/api/manifest.ts';
import type { Holder, Locks } from '../../../src/api/ports/world.ts';
import type { Life } from '../kernel/life.ts';
import { diskError } from '../machine/disk.ts';
import { type Machine, STATE_DIR } from '../machine/machine.ts';
import type { Process } from '../machine/process.ts';

/** The Projects' locks. */
export const LOCKS = `${STATE_DIR}/locks`;
const HOST = 'simulated';

/** Locks in a directory: the Projects', or those of the state directory itself, which are the controller's. */
export const locksOf = (
  { life, machine: { locks, processes } }: { readonly life: Life; readonly machine: Machine },
  directory = LOCKS,
): Locks => {
  const pathOf = (name: string): string => `${directory}/${name}`;

  const holderOf = (name: string): Holder | null => {
    const note = locks.noteOf(pathOf(name));
    if (note === null) return null;
    const holder = locks.holderOf(pathOf(name));
    const mayLive = note.bootId === life.clock.now().bootId && processes.find(note) !== null;
    return { ...note, held: holder !== null && (holder.pid === life.pid || mayLive) };
  };

  return {
    tryAcquire(name, purpose) {
      if (!Name.safeParse(name).success) throw new Error(`"${name}" cannot be the name of a lock`);
      const path = pathOf(name);
      return life.instant('locks.tryAcquire', {
        effect: () => {
          const holder = processOf(processes, life.pid);
          const token = locks.take(path, holder);
          if (token === null) return null;
          const { wallMs, bootId } = life.clock.now();
          const { pid, startTicks } = holder;
          locks.setNote(path, { name, pid, startTicks, host: HOST, bootId, purpose, since: wallMs, token });
          return {
            token,
            release: () =>
              life.instant('locks.release', {
                effect() {
                  if (locks.holderOf(path) !== holder || locks.tokenOf(path) !== token) return;
                  locks.setNote(path, null);
                  locks.free(path);
                },
              }),
          };
        },
        fails: [() => diskError('ENOSPC', path), () => diskError('EIO', path)],
      });
    },

    list: () =>
      life.instant('locks.list', {
        effect: () => locks.in(directory).flatMap((path) => holderOf(path.slice(directory.length + 1)) ?? []),
      }),

    holderOf: (name) =>
      life.instant('locks.holderOf', { effect: () => holderOf(name), fails: [() => diskError('EIO', name)] }),
  };
};

const processOf = (processes: Machine['processes'], pid: number): Process => {
  const process = processes.byPid(pid);
  if (process === null) throw new Error(`there is no process ${pid}`);
  return process;
};
