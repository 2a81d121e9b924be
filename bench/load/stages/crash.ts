import type { Fleet } from '../fleet.ts';
import { judge } from '../judge.ts';
import type { Done } from '../measure.ts';
import { untilLookedAtAll } from '../settled.ts';

/** Kills the controller with SIGKILL and starts it again over all live sessions. */
export const crash = async (fleet: Fleet): Promise<Done> => {
  const before = judge(fleet);
  await fleet.controller.kill();
  const began = performance.now();
  await fleet.start();
  const answersMs = performance.now() - began;
  await untilLookedAtAll(fleet, new Map());
  const ms = performance.now() - began;
  const after = judge(fleet);
  const moved = fleet.names.filter((name) => before.idOf.get(name) !== after.idOf.get(name));
  const running = fleet.inPhase('Running');
  return {
    what: `the controller killed with SIGKILL and started again: it answers after ${(answersMs / 1000).toFixed(1)} s; until all have been looked at`,
    ms,
    complaints: [
      ...(running === fleet.names.length ? [] : [`${fleet.names.length - running} are not Running`]),
      ...after.doubled.map((name) => `${name} is doubled`),
      ...moved.map((name) => `${name} lost its session`),
    ],
  };
};
