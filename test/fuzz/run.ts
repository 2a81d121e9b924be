/**
 * Feeds the program what it should never be given (docs in docs/fuzzing.md). The last line counts the cases.
 *
 *   node test/fuzz/run.ts [--cases N] [--seed N] [--only NAME] [--path PATH]
 */
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/api/errors.ts';
import { makeScratch } from '../runner/scratch.ts';
import type { Failure, Fuzz, FuzzResult } from './fuzz.ts';
import { ALL, dealt } from './inputs.ts';

const HELP = `npm run fuzz -- [--cases N] [--seed N] [--only NAME] [--path PATH] [--list]

  --cases N     how many in all, dealt to the inputs (default: 10,000)
  --seed N      what they are made of (default: another one each time; it is shown)
  --only NAME   one input alone
  --path PATH   one case alone: as the report of a counterexample says
  --list        the inputs, and what must hold of each

The last line counts the cases. Exit code 1: something does not hold; 2: the flags make no sense.
`;

/** Two cores are what CI has. */
const TOGETHER = 2;
/** An input that begins no other case for so long hangs. */
const SILENCE_MS = 90_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Asked {
  readonly inputs: readonly Fuzz[];
  readonly cases: number;
  readonly seed: number;
  readonly path: string | undefined;
}

/** Null when there is nothing to feed: an exit code is set. */
const asked = (): Asked | null => {
  try {
    const { values } = parseArgs({
      options: {
        cases: { type: 'string', default: '10000' },
        seed: { type: 'string', default: String(randomInt(2 ** 31)) },
        only: { type: 'string' },
        path: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) print(HELP.trimEnd());
    if (values.list) for (const { name, claim } of ALL) print(`${name.padEnd(22)} ${claim}`);
    if (values.help || values.list) return null;
    const inputs = ALL.filter(({ name }) => values.only === undefined || name === values.only);
    if (inputs.length === 0) throw new RangeError(`there is no input "${values.only}"; --list names them`);
    if (values.path !== undefined && values.only === undefined) throw new RangeError('--path needs --only and --seed');
    return { inputs, cases: wholeOf('--cases', values.cases), seed: wholeOf('--seed', values.seed), path: values.path };
  } catch (error) {
    say(messageOf(error));
    process.exitCode = 2;
    return null;
  }
};

const wholeOf = (flag: string, text: string): number => {
  if (!/^\d{1,10}$/.test(text)) throw new RangeError(`${flag} must be a whole number, not "${text}"`);
  return Number(text);
};

/** One input in a process of its own: what ends or stops that process is found too. */
const feed = async (input: Fuzz, cases: number, { seed, path }: Asked): Promise<FuzzResult> => {
  const scratch = makeScratch();
  const args = [input.name, String(cases), String(seed), ...(path === undefined ? [] : [path])];
  const child = fork(fileURLToPath(new URL('feed.ts', import.meta.url)), args, {
    env: { ...process.env, TMPDIR: scratch.path },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-4000)));
  let done = 0;
  let result: FuzzResult | null = null;
  let hangs = false;
  const giveUp = (): void => {
    hangs = true;
    child.kill('SIGKILL');
  };
  let silence = setTimeout(giveUp, SILENCE_MS);
  child.on('message', (message: { done: number; result?: FuzzResult }) => {
    done = message.done;
    result = message.result ?? null;
    clearTimeout(silence);
    silence = setTimeout(giveUp, SILENCE_MS);
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(silence);
  await scratch.remove();
  if (result !== null) return result;
  const message = hangs
    ? `it hangs soon after case ${done}`
    : `its process ended with ${String(code)} soon after case ${done}`;
  return {
    cases: done,
    failure: {
      seed,
      path: null,
      counterexample: '(run it again: it is found at the same place)',
      message: `${message}\n${words}`,
    },
  };
};

const report = (input: Fuzz, cases: number, { seed, path, counterexample, message }: Failure): void => {
  const replay = path === null ? `--cases ${cases}` : `--path ${path}`;
  print(`\n✘ ${input.name}: not so: ${input.claim}\n\n${counterexample}\n\n${message}\n`);
  print(`again: npm run fuzz -- --only ${input.name} --seed ${seed} ${replay}\n`);
};

const main = async (run: Asked): Promise<void> => {
  say(`seed ${run.seed}`);
  const portions = dealt(run.inputs, run.cases);
  // Whole programs are the last of the list and take longest: beside them there is work for the other core.
  const waiting = run.inputs.toReversed().values();
  const counts = new Map<string, number>();
  let failures = 0;
  const worker = async (): Promise<void> => {
    for (const input of waiting) {
      const cases = portions.get(input) ?? 1;
      const began = performance.now();
      const { cases: done, failure } = await feed(input, cases, run);
      counts.set(input.name, done);
      if (failure !== null) {
        failures += 1;
        report(input, cases, failure);
      }
      say(
        `${failure === null ? '•' : '✘'} ${input.name}: ${done} cases (${((performance.now() - began) / 1000).toFixed(1)} s)`,
      );
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
  const all = [...counts.values()].reduce((sum, each) => sum + each, 0);
  const each = [...counts].map(([name, cases]) => `${name} ${cases}`).join(', ');
  print(`${all} cases, ${failures} failed, seed ${run.seed}: ${each}`);
  process.exitCode = failures > 0 ? 1 : 0;
};

const run = asked();
if (run !== null) await main(run);
