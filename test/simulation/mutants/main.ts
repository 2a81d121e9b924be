/** `npm run simulate:mutants`: puts faults into copies of the product, and shows that the simulation finds each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { type Catch, cleanProduct, hunt } from './hunt.ts';
import { mutations } from './mutations/all.ts';
import { withMutants } from './table.ts';

const DOCUMENT = new URL('../../../docs/simulation.md', import.meta.url);

interface Flags {
  readonly seeds: number;
  readonly seedStart: number;
  readonly steps: number;
  readonly jobs: number;
  readonly timeout: number;
  readonly write: boolean;
}

const count = (text: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number from 1');
  return number;
};

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const tell = ({ mutation: { name, expected }, invariant, message, seeds }: Catch): void => {
  if (invariant === null) say(`✘ ${name}: not caught with ${seeds} seeds (${expected} should)`);
  else say(`• ${name}: ${invariant} after ${seeds} seeds: ${message.split('\n', 1)[0]}`);
};

const main = async (names: readonly string[], flags: Flags): Promise<number> => {
  const unknown = names.find((name) => !mutations.some((each) => each.name === name));
  if (unknown !== undefined) {
    say(`there is no mutation ${unknown}`);
    return 2;
  }
  const chosen = mutations.filter(({ name }) => names.length === 0 || names.includes(name));
  const { seedStart: first, seeds, steps, timeout } = flags;
  const bounds = { first, last: first + seeds - 1, steps, timeoutMs: timeout * 1_000 };
  const clean = cleanProduct(bounds);
  const known = mutations.map(({ name }) => name);
  const caught: Catch[] = [];
  const waiting = chosen.values();
  const work = async (): Promise<void> => {
    for (const mutation of waiting) {
      const each = await hunt(mutation, bounds, clean);
      caught.push(each);
      tell(each);
      // At once, so that what was found is not lost to Ctrl-C.
      if (flags.write) writeFileSync(DOCUMENT, withMutants(readFileSync(DOCUMENT, 'utf8'), known, [each]));
    }
  };
  try {
    await Promise.all(Array.from({ length: flags.jobs }, work));
  } finally {
    clean.copy.remove();
  }
  const survivors = caught.filter(({ invariant }) => invariant === null).length;
  console.log(`${caught.length} mutations, ${caught.length - survivors} caught, ${survivors} not caught`);
  return survivors === 0 ? 0 : 1;
};

const program = new Command('simulate:mutants')
  .description('Puts faults into copies of the product, and shows that the simulation finds each of them.')
  .argument('[mutations...]', 'these only; the rows of the others in docs/simulation.md are left as they are')
  .option('--seeds <n>', 'at most so many seeds for each', count, 60)
  .option('--seed-start <n>', 'the first seed', count, 1)
  .option('--steps <n>', 'steps of each run', count, 80)
  .option('--jobs <n>', 'mutations at one time', count, 2)
  .option('--timeout <seconds>', 'a run that takes longer counts as one that does not end', count, 120)
  .option('--no-write', 'leave docs/simulation.md as it is')
  .exitOverride();

try {
  program.parse();
  process.exitCode = await main(program.args, program.opts<Flags>());
} catch (error) {
  const exitCode = (error as { exitCode?: number }).exitCode;
  if (exitCode === undefined) throw error;
  process.exitCode = exitCode === 0 ? 0 : 2;
}
