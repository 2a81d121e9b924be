import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Leaning } from './leaning.ts';
import type { SeedOutcome } from './worker.ts';

export interface SeedRange {
  readonly first: number;
  readonly last: number;
  readonly steps: number;
  readonly leaning: Leaning;
  /** A seed that takes longer is ended, and counts as one that never ends. */
  readonly timeoutMs: number;
}

/**
 * Simulates seed after seed in a copy of the project, in a process of its own, up to the first violation. Yields what
 * became of each; a run that does not end, or takes its process with it, is a violation too.
 */
export async function* runSeeds(copy: string, range: SeedRange): AsyncGenerator<SeedOutcome> {
  const { first, last, steps, leaning, timeoutMs } = range;
  const worker = join(copy, 'test/simulation/mutants/worker.ts');
  const child = spawn(process.execPath, [worker, ...[first, last, steps].map(String), JSON.stringify(leaning)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let trouble = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (trouble = `${trouble}${text}`.slice(-2_000)));
  let timeout: NodeJS.Timeout | undefined;
  let isLate = false;
  const wait = (): void => {
    clearTimeout(timeout);
    timeout = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs);
  };
  let next = first;
  try {
    wait();
    for await (const line of createInterface({ input: child.stdout })) {
      wait();
      const outcome = JSON.parse(line) as SeedOutcome;
      next = outcome.seed + 1;
      yield outcome;
      if (outcome.invariant !== null) return;
    }
    await ended;
    if (isLate) yield { seed: next, invariant: 'it ends', message: `no end within ${timeoutMs / 1000} s` };
    else if (child.exitCode !== 0) yield { seed: next, invariant: 'no crash', message: trouble };
  } finally {
    clearTimeout(timeout);
    child.kill('SIGKILL');
    await ended;
  }
}
