import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OWN_STEPS, type StepKind } from './acts.ts';
import { Chronicle } from './chronicle.ts';
import { Installation } from './installation.ts';
import { Bench } from './invariants.ts';
import { Kernel } from './kernel/kernel.ts';
import { Dead } from './kernel/life.ts';
import { randomOf } from './kernel/random.ts';
import { Weather } from './kernel/weather.ts';
import { Machine } from './machine/machine.ts';
import { ACTS, calm, makePlaces } from './people.ts';
import type { Schedule, Step, Weights } from './schedule.ts';
import { type Breach, Violation } from './violation.ts';
import type { World } from './world.ts';

/** What a step can be. */
export const STEPS: Readonly<Record<string, StepKind>> = {
  ...OWN_STEPS,
  ...ACTS,
};

export const WEIGHTS: Weights = Object.fromEntries(Object.entries(STEPS).map(([kind, { weight }]) => [kind, weight]));

/** How long the world has to converge once faults have stopped: longer than the longest wait that a default allows. */
const CONVERGES_WITHIN_MS = 45 * 60_000;
const LOOKS_EVERY_MS = 60_000;
/** At their rest people say which manifests they took away on purpose: when all that was away for a while is back. */
const CONFIRM_AFTER_MS = 150_000;
/** What ends by itself after a while, such as failures that a good run clears, or what is counted in passes. */
const SETTLES_MS = 30 * 60_000;
/** A converged world is watched for so long: it must be silent. */
const SILENT_MS = 20 * 60_000;

/** Plain data, since a run may be made by another process. */
export interface Outcome {
  readonly violation: Breach | null;
  /** Steps made before it. */
  readonly step: number;
  /** The last of what happened, one line each. */
  readonly last: readonly string[];
  /** Of everything that happened, where it was asked for. */
  readonly digest: string;
  /** Virtual time that went by. */
  readonly tick: number;
}

export interface Options {
  readonly hashed?: boolean;
  /** Is told everything as it happens. */
  readonly tell?: (line: string) => void;
}

/** One run. The same schedule has the same outcome. */
export const simulate = async (schedule: Schedule, options: Options = {}): Promise<Outcome> => {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tmuxlet-simulation-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const kernel = new Kernel();
  const chronicle = new Chronicle(() => kernel.tick, { hashed: options.hashed ?? false, tell: options.tell ?? null });
  const random = randomOf(schedule.seed, 'world');
  const world: World = {
    kernel,
    random,
    weather: new Weather(schedule.seed, () => kernel.tick),
    machine: new Machine({ kernel, random }),
  };
  const installation: Installation = new Installation({
    world,
    file: join(folder, 'tmuxlet.db'),
    setup: schedule.setup,
    chronicle,
    committed: () => bench.committed(),
    told: (trace) => bench.told(trace),
  });
  const bench = new Bench({ world, setup: schedule.setup, installation }, chronicle);
  const rejected = (reason: unknown): void => {
    if (!(reason instanceof Dead)) bench.blame(new Violation('no crash', `unhandled rejection: ${String(reason)}`));
  };
  process.on('unhandledRejection', rejected);
  kernel.afterEach = () => bench.look();
  let step = 0;
  let violation: Breach | null = null;
  try {
    makePlaces(installation);
    if (schedule.setup.background > 0) world.weather.add(climateOf(schedule.setup.background));
    for (const each of schedule.steps) {
      step += 1;
      await make(each, installation, chronicle);
      bench.look();
    }
    await converge(installation, chronicle, bench);
  } catch (error) {
    violation = breachOf(error);
  } finally {
    kernel.afterEach = () => {};
    installation.down();
    await kernel.run(1);
    process.off('unhandledRejection', rejected);
    installation.closeReader();
    process.off('exit', remove);
    remove();
  }
  return { violation, step, last: chronicle.lines(), digest: chronicle.digest(), tick: kernel.tick };
};

const breachOf = (error: unknown): Breach =>
  error instanceof Violation
    ? { invariant: error.invariant, message: error.message }
    : { invariant: 'no crash', message: String((error as Error).stack ?? error) };

const climateOf = (rate: number) => ({
  points: '',
  faults: { failsBefore: rate, failsAfter: rate, slow: rate, hangs: rate / 4, stale: rate, partial: rate, lost: rate },
  untilTick: Number.POSITIVE_INFINITY,
});

const make = async (
  { afterMs, kind, numbers }: Step,
  installation: Installation,
  chronicle: Chronicle,
): Promise<void> => {
  await installation.world.kernel.run(afterMs);
  const done = STEPS[kind]?.act(installation, numbers) ?? null;
  if (done !== null) chronicle.add('step', done);
  // What it has led to at once happens before the next one.
  await installation.world.kernel.run(0);
};

/** Faults stop and people rest: the world must come to what is declared, and then be silent. */
const converge = async (installation: Installation, chronicle: Chronicle, bench: Bench): Promise<void> => {
  const { world } = installation;
  const { kernel, weather } = world;
  chronicle.add('step', 'faults stop, and people rest');
  weather.clear();
  calm(installation);
  installation.rest();
  kernel.after(CONFIRM_AFTER_MS, () => installation.confirmDeletions());
  const until = kernel.tick + CONVERGES_WITHIN_MS;
  let trouble: string | null = 'nothing was looked at';
  while (trouble !== null && kernel.tick < until) {
    await kernel.run(LOOKS_EVERY_MS);
    trouble = bench.trouble();
  }
  if (trouble !== null)
    throw new Violation('I12', `${trouble}, ${CONVERGES_WITHIN_MS / 60_000} minutes after faults stopped`);
  await kernel.run(SETTLES_MS);
  bench.expectSilence();
  await kernel.run(SILENT_MS);
  bench.checkSilence();
};
