import type { Passes, Spent, Step } from './findings.ts';
import type { Fleet } from './fleet.ts';
import type { Profiler } from './profile.ts';
import { lagOf, passesOf, reconcileMs, scrape, type Series } from './scrape.ts';
import { usageOf } from './usage.ts';

/** What a stage does: it says what was done, how long that took, and what was wrong with the outcome. */
export interface Done {
  readonly what: string;
  readonly ms: number;
  readonly complaints: readonly string[];
}

/** Runs a stage between two looks at the controller. */
export const measured = async <D extends Done>(
  fleet: Fleet,
  profiler: Profiler,
  name: string,
  work: () => Promise<D>,
): Promise<Step & D> => {
  const { controller } = fleet;
  const { series } = await scrape(controller.url);
  const meter = startMeter(controller.pid, controller.serverPids());
  const stopProfile = await profiler.begin(name);
  const done = await work();
  // One that was killed takes its time with it: what follows is of the new one alone.
  const spent = meter(controller.pid, controller.serverPids());
  await stopProfile();
  const after = (await scrape(controller.url)).series;
  const wasRestarted = passesOf(after) < passesOf(series);
  return { ...done, name, spent, passes: passesBetween(wasRestarted ? new Map() : series, after) };
};

/** CPU from now until the returned is called; of servers that came meanwhile, all of theirs. */
export const startMeter = (controller: number, servers: readonly number[]) => {
  const began = performance.now();
  const controllerBefore = usageOf([controller]).cpuMs;
  const before = new Map(servers.map((pid) => [pid, usageOf([pid]).cpuMs]));
  return (controllerNow: number, serversNow: readonly number[]): Spent => ({
    ms: performance.now() - began,
    controllerMs: usageOf([controllerNow]).cpuMs - (controllerNow === controller ? controllerBefore : 0),
    tmuxMs: serversNow.reduce((sum, pid) => sum + usageOf([pid]).cpuMs - (before.get(pid) ?? 0), 0),
  });
};

const passesBetween = (before: Series, after: Series): Passes => {
  const { p99Ms, maxMs } = lagOf(after);
  return {
    passes: passesOf(after) - passesOf(before),
    p50Ms: reconcileMs(before, after, 0.5),
    p99Ms: reconcileMs(before, after, 0.99),
    lagP99Ms: p99Ms,
    lagMaxMs: maxMs,
  };
};
