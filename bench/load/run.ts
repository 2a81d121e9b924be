import { loadavg } from 'node:os';
import { systemClock } from '../../src/adapters/clock.ts';
import { openRoom } from '../../src/adapters/preflight/room-left.ts';
import { bareTmux } from './bare.ts';
import type { Findings, Ramp, Step } from './findings.ts';
import { Fleet } from './fleet.ts';
import { availableBytes, machineInWords } from './machine.ts';
import { type Done, measured } from './measure.ts';
import type { LoadOptions } from './options.ts';
import { noProfiler, profilerInto } from './profile.ts';
import { noRoomFor } from './room.ts';
import { crash } from './stages/crash.ts';
import { edit } from './stages/edit.ts';
import { hold } from './stages/hold.ts';
import { killPrimaries } from './stages/kill-primaries.ts';
import { killServer } from './stages/kill-server.ts';
import { ramp } from './stages/ramp.ts';
import { remove } from './stages/remove.ts';
import { resync } from './stages/resync.ts';

/** What is done to the fleet after the hold, in this order. */
const FAULTS: readonly (readonly [name: string, stage: (fleet: Fleet) => Promise<Done>])[] = [
  ['resync', resync],
  ['kill commands', killPrimaries],
  ['kill a tmux server', killServer],
  ['kill the controller', crash],
  ['edit all', edit],
];

/** Bare tmux is measured with no more than these: it is there to compare with, and no load of its own. */
const MOST_BARE = 1000;

/** The machine has no room for so many Projects. The message says what is lacking. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
}

/**
 * Runs all stages; `say` is told of each as it begins. Whatever was started is ended, when the signal comes too.
 * Throws NoRoom where the machine cannot take so many, unless that is what is asked for.
 */
export const runLoad = async (
  options: LoadOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Findings> => {
  const refusal = noRoomFor(options.projects, await openRoom({ clock: systemClock() })(), availableBytes());
  if (refusal !== null && !options.overfill) throw new NoRoom(refusal);
  const [busyAtStart = 0] = loadavg();
  const compared = Math.min(options.projects, MOST_BARE);
  say(`bare tmux: ${compared} sessions`);
  const bare = await bareTmux(compared, options.command, signal);
  const fleet = new Fleet(options, signal);
  try {
    const profiler = options.profiles === null ? noProfiler : profilerInto(options.profiles, fleet);
    const stage = async <D extends Done>(name: string, work: (fleet: Fleet) => Promise<D>): Promise<Step & D> => {
      signal.throwIfAborted();
      say(`${name}…`);
      const step = await measured(fleet, profiler, name, () => work(fleet));
      const { ms, spent, complaints } = step;
      say(
        `  ${(ms / 1000).toFixed(2)} s, ${(spent.controllerMs / 1000).toFixed(1)} s of CPU, ${complaints.length} complaints`,
      );
      return step;
    };
    await fleet.start();
    const ramped = withLagOfRungs(await stage('ramp', () => ramp(fleet, options, say)));
    say(`  ${ramped.running} of ${options.projects} run`);
    say(`hold for ${options.holdSeconds} s…`);
    const held = await hold(fleet, options, profiler);
    const steps: Step[] = [];
    // What was not complete before cannot be judged afterwards.
    const faults = options.skipFaults || ramped.running < options.projects ? [] : FAULTS;
    for (const [name, work] of faults) steps.push(await stage(name, work));
    steps.push(await stage('delete all', remove));
    return { machine: machineInWords(), busyAtStart, bare, ramp: ramped, hold: held, steps };
  } finally {
    await fleet.close();
  }
};

/** Each scrape begins the loop's lag anew, and there was one after each rung. */
const withLagOfRungs = (ramped: Ramp): Ramp => {
  const all = [ramped, ...ramped.rungs].map(({ passes }) => passes);
  const worst = (of: 'lagP99Ms' | 'lagMaxMs'): number => Math.max(...all.map((passes) => passes[of]));
  return { ...ramped, passes: { ...ramped.passes, lagP99Ms: worst('lagP99Ms'), lagMaxMs: worst('lagMaxMs') } };
};
