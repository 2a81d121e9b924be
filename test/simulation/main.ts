/** `npm run simulate`: runs of the controller in the simulated world, each a function of its seed. */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { type Made, makeAll } from './crew/crew.ts';
import { Simulator } from './crew/simulator.ts';
import { explain } from './explain.ts';
import { shrinkSaveAndTell, tellViolation } from './report.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { type Outcome, simulate, WEIGHTS } from './simulate.ts';

/** Where neither a number nor a time is given. */
const DEFAULT_SEEDS = 100;
const FRESH_SEEDS = 2 ** 31;
const TIMEOUT_MS = 120_000;
const TELLS_EVERY = 10;

interface Flags {
  readonly seeds?: number;
  readonly minutes?: number;
  readonly steps: number;
  readonly seedStart: number;
  readonly fresh: boolean;
  readonly seed?: number;
  readonly replay?: string;
  readonly jobs: number;
  readonly save: boolean;
  readonly verbose: boolean;
  readonly keepGoing: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const runHere = async (schedule: Schedule, verbose: boolean): Promise<Outcome> =>
  simulate(schedule, verbose ? { tell: say } : {});

const replay = async (file: string, verbose: boolean): Promise<number> => {
  const schedule = JSON.parse(readFileSync(file, 'utf8')) as Schedule;
  const outcome = await runHere(schedule, verbose);
  const failed = outcome.violation !== null;
  if (failed) console.log(explain(outcome, schedule, `npm run simulate -- --replay ${file}`));
  console.log(failed ? '1 run, 1 violation' : '1 run, 0 violations');
  return failed ? 1 : 0;
};

/** One after the other as they are asked for: at least one, and none after the time is over. */
function* schedulesOf(first: number, { seeds, seed, minutes, steps }: Flags): Generator<Schedule> {
  const many = seed === undefined ? (seeds ?? (minutes === undefined ? DEFAULT_SEEDS : Infinity)) : 1;
  const until = performance.now() + (minutes ?? Infinity) * 60_000;
  for (let made = 0; made < many && (made === 0 || performance.now() < until); made += 1) {
    yield scheduleOf(first + made, steps, WEIGHTS);
  }
}

/** In this process, where everything that happens can be told. */
async function* makeHere(schedules: Iterable<Schedule>): AsyncGenerator<Made> {
  for (const schedule of schedules) yield { schedule, outcome: await runHere(schedule, true) };
}

const report = async (outcome: Outcome, schedule: Schedule, save: boolean): Promise<void> => {
  if (!save) return tellViolation(outcome, schedule);
  const simulator = new Simulator({ timeoutMs: TIMEOUT_MS });
  await shrinkSaveAndTell(outcome, schedule, (smaller) => simulator.run(smaller), say);
  simulator.end();
};

const main = async (flags: Flags): Promise<number> => {
  if (flags.replay !== undefined) return replay(flags.replay, flags.verbose);
  const first = flags.seed ?? (flags.fresh ? randomInt(FRESH_SEEDS) : flags.seedStart);
  const schedules = schedulesOf(first, flags);
  const began = performance.now();
  let violations = 0;
  let runs = 0;
  let virtualMs = 0;
  const rate = (): string => `${((runs * 1000) / (performance.now() - began)).toFixed(2)} runs per second`;
  const made = flags.verbose ? makeHere(schedules) : makeAll(schedules, { jobs: flags.jobs, timeoutMs: TIMEOUT_MS });
  for await (const { schedule, outcome } of made) {
    runs += 1;
    virtualMs += outcome.tick;
    if (outcome.violation !== null) {
      violations += 1;
      await report(outcome, schedule, flags.save);
      if (!flags.keepGoing) break;
    }
    if (runs % TELLS_EVERY === 0) say(`${runs} runs, ${violations} violations, ${rate()}`);
  }
  const hours = (virtualMs / 3_600_000).toFixed(0);
  console.log(
    `${runs} runs of ${flags.steps} steps (seeds ${first} to ${first + runs - 1}), ${hours} virtual hours, ` +
      `${violations} violations, ${rate()}`,
  );
  return violations === 0 ? 0 : 1;
};

const count = (text: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('must be a whole number');
  return number;
};

const above0 = (text: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('must be more than 0');
  return number;
};

const countAbove0 = (text: string): number => above0(String(count(text)));

const program = new Command('simulate')
  .description('Runs the controller in a simulated world with seeded faults, and checks the invariants.')
  .option('--seeds <n>', `how many runs (default: ${DEFAULT_SEEDS})`, countAbove0)
  .option('--minutes <n>', 'as many runs as fit in', above0)
  .option('--steps <n>', 'steps of each run', count, 400)
  .option('--seed-start <n>', 'the first seed', count, 1)
  .option('--fresh', 'begin with a seed that is drawn', false)
  .option('--seed <n>', 'this one run only', count)
  .option('--replay <file>', 'a saved schedule')
  .option('--jobs <n>', 'runs side by side', countAbove0, availableParallelism())
  .option('--no-save', 'do not shrink and save what fails')
  .option('--keep-going', 'go on after a violation', false)
  .option('--verbose', 'tell everything that happens, one run after the other', false)
  .exitOverride();

try {
  process.exitCode = await main(program.parse().opts<Flags>());
} catch (error) {
  const exitCode = (error as { exitCode?: number }).exitCode;
  if (exitCode === undefined) throw error;
  process.exitCode = exitCode === 0 ? 0 : 2;
}
