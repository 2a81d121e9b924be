import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import type { Clock } from '../../api/ports/world.ts';
import { identify, isAlive } from '../processes/stat.ts';

/** Who took a lock. Kept in a file beside the lock, which nobody may read while it is held. */
export const HolderInfo = z.object({
  name: z.string(),
  pid: z.int(),
  startTicks: z.int(),
  host: z.string(),
  bootId: z.string(),
  purpose: z.string(),
  since: z.number(),
  token: z.int(),
});
export type HolderInfo = z.output<typeof HolderInfo>;

/** This process, as the holder of a lock. */
export const thisHolder = (clock: Clock, name: string, purpose: string, token: number): HolderInfo => {
  const { wallMs, bootId } = clock.now();
  const startTicks = identify(process.pid)?.startTicks ?? 0;
  return { name, pid: process.pid, startTicks, host: hostname(), bootId, purpose, since: wallMs, token };
};

/** The holder a file names; null when it names none, being absent, or damaged by people. */
export const readHolder = (file: string): HolderInfo | null => {
  try {
    return HolderInfo.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
};

/**
 * Can the process that took the lock still live? Pid, start time, boot and host say so, never age (failures
 * 43, 58). Of another host nothing can be said but yes.
 */
export const mayLive = (holder: HolderInfo, clock: Clock): boolean => {
  if (holder.host !== hostname()) return true;
  return holder.bootId === clock.now().bootId && isAlive(holder);
};
