import { readdirSync, readFileSync } from 'node:fs';

/** What processes use of the machine, several of them together. */
export interface Usage {
  /** Time on a CPU since their start, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory in bytes; what they share is counted for each. */
  readonly rssBytes: number;
  readonly openFiles: number;
}

const KIBIBYTE = 1024;
/** The kernel tells times in hundredths of a second. */
const TICK_MS = 10;

const usageOfOne = (pid: number): Usage => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return {
      // Its own time only: children that it has waited for are not counted with it.
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
      rssBytes: Number(kibibytes) * KIBIBYTE,
      openFiles: readdirSync(`/proc/${pid}/fd`).length,
    };
  } catch {
    // It is gone.
    return { cpuMs: 0, rssBytes: 0, openFiles: 0 };
  }
};

export const usageOf = (pids: readonly number[]): Usage =>
  pids.map(usageOfOne).reduce(
    (sum, each) => ({
      cpuMs: sum.cpuMs + each.cpuMs,
      rssBytes: sum.rssBytes + each.rssBytes,
      openFiles: sum.openFiles + each.openFiles,
    }),
    { cpuMs: 0, rssBytes: 0, openFiles: 0 },
  );

/** Its share of memory in bytes: what several share is divided among them. 0 for one that is gone. */
const shareOf = (pid: number): number => {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * KIBIBYTE;
  } catch {
    return 0;
  }
};

/** To ask each of thousands would take longer than anything that is measured. */
const SAMPLE = 50;

/** The memory of many processes of one kind, from a sample of them, in bytes. */
export const memoryOfMany = (pids: readonly number[]): number => {
  const step = Math.max(1, Math.floor(pids.length / SAMPLE));
  const sample = pids.filter((_, index) => index % step === 0);
  if (sample.length === 0) return 0;
  return (sample.reduce((sum, pid) => sum + shareOf(pid), 0) / sample.length) * pids.length;
};
