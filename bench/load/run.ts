import { loadavg } from 'node:os';
import { bareTmux } from './bare.ts';
import type { Findings, Step } from './findings.ts';
import { Fleet } from './fleet.ts';
import { type Done, measured } from './measure.ts';
import type { LoadOptions } from './options.ts';
import { noProfiler, profilerInto } from './profile.ts';
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

/** Runs all stages; `say` is told of each as it begins. Whatever was started is ended, when the signal comes too. */
export const runLoad = async (
  options: LoadOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Findings> => {
  const [busyAtStart = 0] = loadavg();
  say(`bare tmux: ${options.projects} sessions`);
  const bare = await bareTmux(options.projects, options.command);
  const fleet = new Fleet(options, signal);
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
  try {
    await fleet.start();
    const ramped = await stage('ramp', ramp);
    say(`  ${ramped.running} of ${options.projects} run`);
    say(`hold for ${options.holdSeconds} s…`);
    const held = await hold(fleet, options, profiler);
    const steps: Step[] = [];
    // What was not complete before cannot be judged afterwards.
    const faults = options.skipFaults || ramped.running < options.projects ? [] : FAULTS;
    for (const [name, work] of faults) steps.push(await stage(name, work));
    steps.push(await stage('delete all', remove));
    return { busyAtStart, bare, ramp: ramped, hold: held, steps };
  } finally {
    await fleet.close();
  }
};
