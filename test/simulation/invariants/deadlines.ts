import { primaryOf } from '../../../src/api/manifest.ts';
import type { ProjectRow } from '../../../src/api/project.ts';
import type { Process } from '../machine/process.ts';
import { type Judge, nameOf, type Scene } from './scene.ts';

/** An end is seen by the next look, and a stop may take its time. */
const SLACK_MS = 600_000;

const allowedMs = ({ spec: { activeDeadlineSeconds, heartbeat } }: ProjectRow): number => {
  if (activeDeadlineSeconds === undefined) return Number.POSITIVE_INFINITY;
  const extendedBy = (heartbeat?.extensionSeconds ?? 0) * (heartbeat?.maxExtensions ?? 0);
  return (activeDeadlineSeconds + extendedBy) * 1000;
};

/** I12: whose time is over does not run on, once faults have stopped. */
export const timeIsBounded = ({ world, installation, truth }: Scene): Judge => {
  const seenAt = new WeakMap<Process, number>();
  const overrun = (): string | null => {
    const { tick } = world.kernel;
    for (const row of installation.reader?.projects() ?? []) {
      const { phase, attempt, primary } = row.memory;
      const command = truth.commandOf(row.uid, attempt, primary ?? primaryOf(row.spec).name);
      if (command === null || phase !== 'Running') continue;
      const since = seenAt.get(command) ?? tick;
      seenAt.set(command, since);
      const overMs = tick - since - allowedMs(row);
      if (overMs > SLACK_MS) return `${nameOf(row)} runs on, ${overMs} ms after its deadline`;
    }
    return null;
  };
  return { converged: overrun, rested: overrun };
};
