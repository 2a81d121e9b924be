import type { Fleet } from '../fleet.ts';
import { judge } from '../judge.ts';
import type { Done } from '../measure.ts';

/** Kills the first tmux server with SIGKILL: all of its sessions are gone. */
export const killServer = async (fleet: Fleet): Promise<Done> => {
  const before = judge(fleet);
  const attempts = new Map(fleet.reader.openAttempts().map(({ uid, shard, attempt }) => [uid, { shard, attempt }]));
  const victims = fleet.rows().filter(({ uid }) => attempts.get(uid)?.shard === 0);
  const names = new Set(victims.map(({ name }) => name));
  const pid = Number(fleet.controller.tmux('display-message', '-p', '#{pid}'));
  const began = performance.now();
  process.kill(pid, 'SIGKILL');
  const resumed = (): number =>
    fleet
      .rows()
      .filter(({ name, memory }) => names.has(name) && memory.phase === 'Running')
      .filter(({ uid, memory }) => memory.attempt === (attempts.get(uid)?.attempt ?? 0) + 1).length;
  await fleet.until(names.size, resumed);
  const ms = performance.now() - began;
  const after = judge(fleet);
  const others = fleet.names.filter((name) => !names.has(name));
  const moved = others.filter((name) => before.idOf.get(name) !== after.idOf.get(name));
  return {
    what: `a tmux server with ${names.size} sessions killed with SIGKILL, until all run again`,
    ms,
    complaints: [
      ...(resumed() === names.size ? [] : [`${names.size - resumed()} do not run again`]),
      ...after.missing.map((name) => `${name} has no session`),
      ...after.doubled.map((name) => `${name} is doubled`),
      ...moved.map((name) => `${name} lost its session with another server`),
    ],
  };
};
