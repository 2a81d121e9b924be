/**
 * Runs seed after seed up to the first violation, in whichever copy of the project this file lies in, and writes a
 * line of JSON for each: `worker.ts FIRST LAST STEPS OFTEN...`, the kinds of steps that happen more often.
 */
import { scheduleOf } from '../schedule.ts';
import { simulate, WEIGHTS } from '../simulate.ts';

const MORE_OFTEN = 5;

/** What became of one seed. */
export interface SeedOutcome {
  readonly seed: number;
  /** The invariant that does not hold; null when all do. */
  readonly invariant: string | null;
  readonly message: string;
}

const [first = 1, last = 1, steps = 1] = process.argv.slice(2, 5).map(Number);
const often = process.argv.slice(5);
const weights = Object.fromEntries(
  Object.entries(WEIGHTS).map(([kind, weight]) => [kind, often.includes(kind) ? MORE_OFTEN * weight : weight]),
);
for (let seed = first; seed <= last; seed += 1) {
  const { violation } = await simulate(scheduleOf(seed, steps, weights));
  const outcome: SeedOutcome = { seed, invariant: violation?.invariant ?? null, message: violation?.message ?? '' };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  if (violation !== null) break;
}
