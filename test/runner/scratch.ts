import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The temporary folder of one test file. Whatever the file starts carries its path, in TMPDIR or as an argument,
 * daemons and tmux servers included: that is how they are found again when the file has ended.
 */
export interface Scratch {
  readonly path: string;
  /** Ends every process that carries the path, then removes the folder. */
  remove(): Promise<void>;
}

/** One look may miss what is just being forked. */
const LOOKS = 20;

export function makeScratch(): Scratch {
  const path = mkdtempSync(join(tmpdir(), 'tt-'));
  return {
    path,
    async remove() {
      for (let look = 0; look < LOOKS && killCarriers(path) > 0; look += 1) await sleep(20);
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Returns how many there were. */
function killCarriers(path: string): number {
  const carriers = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && carries(pid, path));
  for (const pid of carriers) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  return carriers.length;
}

function carries(pid: string, path: string): boolean {
  try {
    return ['environ', 'cmdline'].some((file) => readFileSync(`/proc/${pid}/${file}`).includes(path));
  } catch {
    // It has ended, or is another user's.
    return false;
  }
}
