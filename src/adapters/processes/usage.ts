import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../../api/observation.ts';
import type { ProcessTable } from '../../api/ports/processes.ts';
import { readStat, saysForbidden, saysGone } from './stat.ts';

/** What the processes of a Project use at one moment, all of them together. */
export interface Usage {
  readonly processes: number;
  /** Time on a CPU so far, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory; what processes share is counted for each. */
  readonly memoryBytes: number;
}

/** The kernel tells all times in hundredths of a second, whatever its own clock. */
const TICK_MS = 10;

/** What the live processes that carry a Project's uid use, with all their descendants. */
export const usageIn = (table: ProcessTable, uid: string): Usage => {
  let processes = 0;
  let cpuMs = 0;
  let memoryBytes = 0;
  for (const process of table.of(uid)) {
    const stat = readStat(process.pid);
    if (stat?.startTicks !== process.startTicks) continue;
    processes++;
    cpuMs += stat.cpuTicks * TICK_MS;
    memoryBytes += memoryOf(process);
  }
  return { processes, cpuMs, memoryBytes };
};

/** 0 for one that has ended meanwhile, or is not ours to look into. */
const memoryOf = ({ pid }: ProcessIdentity): number => {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return Number(kilobytes) * 1024;
  } catch (error) {
    if (saysGone(error) || saysForbidden(error)) return 0;
    throw error;
  }
};
