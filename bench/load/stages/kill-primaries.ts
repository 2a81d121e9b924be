import type { Fleet } from '../fleet.ts';
import { judge } from '../judge.ts';
import type { Done } from '../measure.ts';

/** Kills every tenth command with SIGKILL at a stroke. */
export const killPrimaries = async (fleet: Fleet): Promise<Done> => {
  const before = judge(fleet);
  const victims = new Set(fleet.names.filter((_, index) => index % 10 === 0));
  const restarts = new Map(fleet.rows().map(({ name, memory }) => [name, memory.restarts]));
  const pids = fleet.processes().flatMap(({ project, pid }) => (project !== null && victims.has(project) ? [pid] : []));
  const began = performance.now();
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  const runAgain = (): number =>
    fleet
      .rows()
      .filter(({ name, memory }) => victims.has(name) && memory.phase === 'Running')
      .filter(({ name, memory }) => memory.restarts === (restarts.get(name) ?? 0) + 1).length;
  await fleet.until(victims.size, runAgain);
  const ms = performance.now() - began;
  const after = judge(fleet);
  const moved = fleet.names.filter((name) => before.idOf.get(name) !== after.idOf.get(name));
  const restarted = fleet
    .rows()
    .filter(({ name, memory }) => !victims.has(name) && memory.restarts !== restarts.get(name));
  return {
    what: `${victims.size} commands killed with SIGKILL at a stroke, until all run again`,
    ms,
    complaints: [
      ...(runAgain() === victims.size ? [] : [`${victims.size - runAgain()} do not run again`]),
      ...after.doubled.map((name) => `${name} is doubled`),
      ...moved.map((name) => `${name} lost its session`),
      ...restarted.map(({ name }) => `${name} was restarted without need`),
    ],
  };
};
