import { existsSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Hold } from '../findings.ts';
import type { Fleet } from '../fleet.ts';
import type { LoadOptions } from '../options.ts';
import { startMeter } from '../measure.ts';
import type { Profiler } from '../profile.ts';
import { scrape } from '../scrape.ts';
import { untilStill } from '../settled.ts';
import { memoryOfMany, usageOf } from '../usage.ts';

/** What the ramp had set in motion is over when nothing has stirred for so long. */
const QUIET_MS = 3_000;
const ASKED = 20;

/** Leaves the converged controller alone, and then asks it for what people and Prometheus ask. */
export const hold = async (fleet: Fleet, { holdSeconds }: LoadOptions, profiler: Profiler): Promise<Hold> => {
  const { controller, reader, signal } = fleet;
  const servers = controller.serverPids();
  await untilStill(fleet, QUIET_MS);
  const before = reader.revision();
  const stopProfile = await profiler.begin('hold');
  const meter = startMeter(controller.pid, servers);
  await pause(holdSeconds * 1000, undefined, { signal });
  const spent = meter(controller.pid, servers);
  await stopProfile();
  const written = reader.revision() - before;
  const { database } = controller;
  return {
    spent,
    written,
    controller: usageOf([controller.pid]),
    tmux: { ...usageOf(servers), servers: servers.length },
    around: [...Map.groupBy(fleet.processes(), ({ program }) => program)].map(([program, group]) => ({
      program,
      count: group.length,
      bytes: memoryOfMany(group.map(({ pid }) => pid)),
    })),
    databaseBytes: statSync(database).size,
    walBytes: existsSync(`${database}-wal`) ? statSync(`${database}-wal`).size : 0,
    scrapeMs: await asked(async () => scrape(controller.url)),
    listMs: await asked(() => fetch(`${controller.url}/api/v1/projects`).then((answer) => answer.text())),
    oneMs: await asked(() => fetch(`${controller.url}/api/v1/projects/p1`).then((answer) => answer.text())),
  };
};

/** How long each of some questions in a row took, in milliseconds. */
const asked = async (ask: () => Promise<unknown>): Promise<readonly number[]> => {
  const spans: number[] = [];
  for (let time = 0; time < ASKED; time += 1) {
    const began = performance.now();
    await ask();
    spans.push(performance.now() - began);
    await pause(50);
  }
  return spans;
};
