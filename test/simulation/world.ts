import type { Kernel } from './kernel/kernel.ts';
import type { Life } from './kernel/life.ts';
import type { Random } from './kernel/random.ts';
import type { Weather } from './kernel/weather.ts';
import { type Machine, STATE_DIR } from './machine/machine.ts';
import { keepsakesOf } from './ports/keepsakes.ts';
import { locksOf } from './ports/locks.ts';
import { logFilesOf } from './ports/log-files.ts';
import { manifestsOf } from './ports/manifests.ts';
import { alertingOf } from './ports/notifier.ts';
import { preflightOf } from './ports/preflight.ts';
import { probeOf } from './ports/probe.ts';
import { processesOf } from './ports/processes.ts';
import { runsOf } from './ports/runs.ts';
import { stateFilesOf } from './ports/state-files.ts';
import { tmuxOf } from './ports/tmux.ts';
import type { Mode } from './ports/tmux-ways.ts';

/** Ours, among the installations on this machine. */
export const OWNER_ID = '0b5e55ed-0000-4000-8000-000000000001';

/** What outlives every controller. */
export interface World {
  readonly kernel: Kernel;
  readonly weather: Weather;
  readonly machine: Machine;
  /** For whatever is to be drawn that is no call of a port. */
  readonly random: Random;
}

/** The ports of one life, over the machine. */
export const portsOf = ({ machine }: World, life: Life, mode: Mode = 'Manage') => {
  const parts = { life, machine, ownerId: OWNER_ID };
  return {
    ownerId: OWNER_ID,
    tmux: tmuxOf({ ...parts, mode }),
    runs: runsOf(parts),
    processes: processesOf(parts),
    stateFiles: stateFilesOf(parts),
    locks: locksOf(parts),
    /** The state directory's own, for one controller at a time. */
    ownLocks: locksOf(parts, STATE_DIR),
    preflight: preflightOf(parts),
    probe: probeOf(parts),
    source: manifestsOf({ ...parts, mode }),
    logFiles: logFilesOf(parts),
    keepsakes: keepsakesOf(parts),
    alerting: alertingOf(parts),
  };
};
