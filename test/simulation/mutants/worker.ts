/**
 * Runs seed after seed up to the first violation, in whichever copy of the project this file lies in, and writes a
 * line of JSON for each: `worker.ts FIRST LAST STEPS LEANING`, the last as JSON.
 */
import { simulate } from '../simulate.ts';
import { type Leaning, leaningScheduleOf } from './leaning.ts';

/** What became of one seed. */
export interface SeedOutcome {
  readonly seed: number;
  /** The invariant that does not hold; null when all do. */
  readonly invariant: string | null;
  readonly message: string;
}

const [first = 1, last = 1, steps = 1] = process.argv.slice(2, 5).map(Number);
const leaning = JSON.parse(process.argv[5] ?? '') as Leaning;
for (let seed = first; seed <= last; seed += 1) {
  const { violation } = await simulate(leaningScheduleOf(seed, steps, leaning));
  const outcome: SeedOutcome = { seed, invariant: violation?.invariant ?? null, message: violation?.message ?? '' };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  if (violation !== null) break;
}
