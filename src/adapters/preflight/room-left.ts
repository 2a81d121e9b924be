import type { Clock, Room, RoomLeft } from '../../api/ports/world.ts';
import { remembered } from './remembered.ts';
import { filesLeft, type Kernel, type Left, processesLeft, ptysLeft, THE_KERNEL } from './room.ts';

/** Many Projects ask at one time, and each start that they have begun meanwhile is counted by who asks. */
const GOOD_FOR_MS = 200;

/** What one session takes: its wrapper, its command, and a pipe for its log, with some room for what the command runs. */
const PROCESSES_EACH = 4;

/** Kept for the controller, for people, and for Projects with many windows. */
const KEPT = { ptys: 64, files: 128, processes: 256 };

export interface RoomOptions {
  readonly clock: Clock;
  /** Pids of the tmux servers that are in control groups of their own. Default: none; they are in this process's. */
  readonly servers?: () => Promise<readonly number[]>;
  readonly kernel?: Kernel;
}

const roomOf = (found: Left | null, each: number, kept: number, what: string): RoomLeft | null =>
  found && {
    sessions: Math.floor((found.left - kept) / each),
    limit: `the machine has no ${what} for one more session: raise ${found.where} (${found.of})`,
  };

/**
 * How many more sessions the machine can take. Pre-flight alone does not keep to it: thousands of Projects can have
 * passed it before the first of them starts.
 */
export const openRoom = ({ clock, servers = async () => [], kernel = THE_KERNEL }: RoomOptions): Room =>
  remembered(
    clock,
    () => GOOD_FOR_MS,
    async () => {
      const pids = await servers();
      const [ptys, files, processes] = await Promise.all([
        ptysLeft(kernel),
        filesLeft(kernel),
        processesLeft(kernel, pids.length === 0 ? ['self'] : pids),
      ]);
      const rooms = [
        roomOf(ptys, 1, KEPT.ptys, 'pseudo-terminals'),
        roomOf(files, 1, KEPT.files, 'open files'),
        roomOf(processes, PROCESSES_EACH, KEPT.processes, 'processes'),
      ].filter((room) => room !== null);
      return rooms.toSorted((a, b) => a.sessions - b.sessions)[0] ?? null;
    },
  );
