import type { CheckResult } from '../../api/check.ts';
import type { Clock } from '../../api/ports/world.ts';
import type { RunProgram } from '../programs/program.ts';
import { checkClock } from './clock.ts';
import { newestEventAt } from './database.ts';
import { limitedTo } from './limited.ts';
import { remembered } from './remembered.ts';
import { checkDisk, checkFiles, checkMemory, checkProcesses, checkPtys, type Kernel, THE_KERNEL } from './room.ts';
import { checkStateDirectory, nearest } from './state.ts';
import { checkTmux } from './tmux.ts';

export interface MachineOptions {
  readonly stateDir: string;
  /** Absolute path of the record. */
  readonly database: string;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  /** Runs programs where sessions run. */
  readonly run: RunProgram;
  /** Pids of the tmux servers that are in control groups of their own. Default: none; they are in this process's. */
  readonly servers?: () => Promise<readonly number[]>;
  readonly clock: Clock;
  /** How long one of tmuxlet's own checks may take. Default: 10,000 ms. */
  readonly timeoutMs?: number;
  /** Below this much free space in the state directory a start would fail half-way. Default: 64 MiB. */
  readonly leastFreeBytes?: number;
  readonly kernel?: Kernel;
}

/** Many start at one time: what is the same for all of them is looked at once. */
const GOOD_FOR_MS = 5_000;
/** A tmux that is there stays for a while. */
const TMUX_GOOD_FOR_MS = 60_000;

/** What every Project needs of the machine. */
export const openMachineChecks = ({
  stateDir,
  database,
  baseEnvironment,
  run,
  servers = async () => [],
  clock,
  timeoutMs = 10_000,
  leastFreeBytes = 64 * 1024 * 1024,
  kernel = THE_KERNEL,
}: MachineOptions): (() => Promise<readonly CheckResult[]>) => {
  const limited = limitedTo(timeoutMs);
  const tmux = remembered(
    clock,
    ({ result }) => (result === 'Pass' ? TMUX_GOOD_FOR_MS : 0),
    async () => {
      return checkTmux(await run({ argv: ['tmux', '-V'], cwd: '/', env: baseEnvironment, timeoutMs }));
    },
  );
  return remembered(
    clock,
    () => GOOD_FOR_MS,
    async () => {
      const results = await Promise.all([
        limited('tmux', tmux),
        limited('disk', async () => checkDisk(await nearest(stateDir), leastFreeBytes)),
        limited('memory', () => checkMemory(kernel)),
        limited('ptys', () => checkPtys(kernel)),
        limited('processes', async () => {
          const pids = await servers();
          return checkProcesses(kernel, pids.length === 0 ? ['self'] : pids);
        }),
        limited('files', () => checkFiles(kernel)),
        limited('state', () => checkStateDirectory(stateDir)),
        limited('clock', async () => checkClock(clock, newestEventAt(database))),
      ]);
      return results.flat();
    },
  );
};
