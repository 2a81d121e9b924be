import { join } from 'node:path';
import { Simulator } from '../crew/simulator.ts';
import { type Leaning, leaningScheduleOf } from './leaning.ts';

export interface SeedRange {
  readonly first: number;
  readonly last: number;
  readonly steps: number;
  readonly leaning: Leaning;
  /** A seed that takes longer is ended, and counts as one that never ends. */
  readonly timeoutMs: number;
}

/** What became of one seed. */
export interface SeedOutcome {
  readonly seed: number;
  /** The invariant that does not hold; null when all do. */
  readonly invariant: string | null;
  readonly message: string;
}

/** Simulates seed after seed in a copy of the project, up to the first violation, and yields what became of each. */
export async function* runSeeds(copy: string, range: SeedRange): AsyncGenerator<SeedOutcome> {
  const { first, last, steps, leaning, timeoutMs } = range;
  const simulator = new Simulator({ worker: join(copy, 'test/simulation/crew/worker.ts'), timeoutMs });
  try {
    for (let seed = first; seed <= last; seed += 1) {
      const { violation } = await simulator.run(leaningScheduleOf(seed, steps, leaning));
      yield { seed, invariant: violation?.invariant ?? null, message: violation?.message ?? '' };
      if (violation !== null) return;
    }
  } finally {
    simulator.end();
  }
}
