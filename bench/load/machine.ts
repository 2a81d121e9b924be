import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { mebibytes } from './numbers.ts';

/** The machine and the programs, in words. */
export const machineInWords = (): string => {
  const cores = cpus();
  const tmux = execFileSync('tmux', ['-V'], { encoding: 'utf8' }).trim();
  return (
    `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), ${mebibytes(totalmem())} of memory, ` +
    `Linux ${release()}, ${tmux}, Node ${process.version}`
  );
};

/** Memory that the kernel says can still be had, in bytes. */
export const availableBytes = (): number =>
  Number(/^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024;
