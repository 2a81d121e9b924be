/** `npm run simulate`: runs of the controller in the simulated world, each a function of its seed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { commandFor, explain } from './explain.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { shrink } from './shrink.ts';
import { type Outcome, simulate, WEIGHTS } from './simulate.ts';

const REGRESSIONS = fileURLToPath(new URL('regressions', import.meta.url));

const count = (text: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('must be a whole number');
  return number;
};

interface Flags {
  readonly seeds: number;
  readonly steps: number;
  readonly seedStart: number;
  readonly seed?: number;
  readonly replay?: string;
  readonly save: boolean;
  readonly verbose: boolean;
  readonly keepGoing: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const run = async (schedule: Schedule, verbose: boolean): Promise<Outcome> =>
  simulate(schedule, verbose ? { tell: say } : {});

const shrunk = async (schedule: Schedule, invariant: string): Promise<Schedule> => {
  const failsAlike = async (smaller: Schedule): Promise<boolean> =>
    (await run(smaller, false)).violation?.invariant === invariant;
  return shrink(schedule, failsAlike, (steps, tries) => say(`shrunk to ${steps} steps after ${tries} tries`));
};

/** Shrinks, saves, and tells. */
const report = async (outcome: Outcome, schedule: Schedule, { save }: Flags): Promise<void> => {
  const again = commandFor(schedule);
  if (!save || outcome.violation === null) return console.log(explain(outcome, schedule, again));
  const made = schedule.steps.slice(0, outcome.step);
  const smaller = await shrunk({ ...schedule, steps: made }, outcome.violation.invariant);
  mkdirSync(REGRESSIONS, { recursive: true });
  const file = join(REGRESSIONS, `${outcome.violation.invariant.replace(' ', '-')}-${schedule.seed}.json`);
  writeFileSync(file, `${JSON.stringify(smaller, null, 2)}\n`);
  console.log(explain(await run(smaller, false), smaller, `npm run simulate -- --replay ${file}\nin full: ${again}`));
};

const main = async (flags: Flags): Promise<number> => {
  if (flags.replay !== undefined) {
    const schedule = JSON.parse(readFileSync(flags.replay, 'utf8')) as Schedule;
    const outcome = await run(schedule, flags.verbose);
    if (outcome.violation !== null) {
      console.log(explain(outcome, schedule, `npm run simulate -- --replay ${flags.replay}`));
    }
    console.log(outcome.violation === null ? '1 run, 0 violations' : '1 run, 1 violation');
    return outcome.violation === null ? 0 : 1;
  }
  const first = flags.seed ?? flags.seedStart;
  const seeds = flags.seed === undefined ? flags.seeds : 1;
  const began = performance.now();
  let violations = 0;
  let runs = 0;
  let virtualMs = 0;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const schedule = scheduleOf(seed, flags.steps, WEIGHTS);
    const outcome = await run(schedule, flags.verbose);
    runs += 1;
    virtualMs += outcome.tick;
    if (outcome.violation !== null) {
      violations += 1;
      await report(outcome, schedule, flags);
      if (!flags.keepGoing) break;
    }
    if (runs % 10 === 0)
      say(`${runs} of ${seeds} runs, ${violations} violations, ${rate(runs, began)} runs per second`);
  }
  const hours = (virtualMs / 3_600_000).toFixed(0);
  console.log(
    `${runs} runs of ${flags.steps} steps (seeds ${first} to ${first + runs - 1}), ${hours} virtual hours, ` +
      `${violations} violations, ${rate(runs, began)} runs per second`,
  );
  return violations === 0 ? 0 : 1;
};

const rate = (runs: number, began: number): string => ((runs * 1000) / (performance.now() - began)).toFixed(2);

const program = new Command('simulate')
  .description('Runs the controller in a simulated world with seeded faults, and checks the invariants.')
  .option('--seeds <n>', 'how many runs', count, 100)
  .option('--steps <n>', 'steps of each run', count, 400)
  .option('--seed-start <n>', 'the first seed', count, 1)
  .option('--seed <n>', 'this one run only', count)
  .option('--replay <file>', 'a saved schedule')
  .option('--no-save', 'do not shrink and save what fails')
  .option('--keep-going', 'go on after a violation', false)
  .option('--verbose', 'tell everything that happens', false)
  .exitOverride();

try {
  process.exitCode = await main(program.parse().opts<Flags>());
} catch (error) {
  const exitCode = (error as { exitCode?: number }).exitCode;
  if (exitCode === undefined) throw error;
  process.exitCode = exitCode === 0 ? 0 : 2;
}
