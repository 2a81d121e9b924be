import type { OrphanPolicy } from '../../src/api/orphan.ts';
import { type Random, randomOf } from './kernel/random.ts';
import { FRONTS } from './fronts.ts';

/** One step: time goes by, and then something happens. */
export interface Step {
  /** Virtual milliseconds before it. */
  readonly afterMs: number;
  /** What happens: an act of the driver, or of people. */
  readonly kind: string;
  /** Whole, from 0 to 999,999; what they mean is resolved against what exists when the step is made. */
  readonly numbers: readonly number[];
}

/** How the installation is configured, and how bad the weather is from beginning to end. */
export interface Setup {
  readonly maxConcurrent: number;
  readonly narrow: number;
  readonly maxConcurrentStarts: number;
  readonly shardSize: number;
  readonly orphanGraceSeconds: number;
  readonly orphanPolicy: OrphanPolicy;
  /** Probability of each possible fault at each call. */
  readonly background: number;
}

/** A whole run as data, so that it can be saved, replayed, and shrunk by leaving out steps. */
export interface Schedule {
  readonly seed: number;
  readonly setup: Setup;
  readonly steps: readonly Step[];
}

/** What can happen, and how often compared with the others. */
export type Weights = Readonly<Record<string, number>>;

export const LARGEST_NUMBER = 999_999;
const NUMBERS = 6;

/** The run that belongs to a seed. */
export const scheduleOf = (seed: number, length: number, weights: Weights): Schedule => {
  const random = randomOf(seed, 'schedule');
  const setup = drawSetup(random);
  const kinds = chosenKinds(random, weights);
  const newcomers = random.int(1, 6);
  const steps = Array.from({ length }, (_, index): Step => {
    const kind =
      index === 0 ? 'start' : index <= newcomers && 'declare' in weights ? 'declare' : weighted(random, kinds);
    return { afterMs: drawPause(random), kind, numbers: drawNumbers(random) };
  });
  return { seed, setup, steps };
};

const drawNumbers = (random: Random): readonly number[] =>
  Array.from({ length: NUMBERS }, () => random.int(0, LARGEST_NUMBER));

const drawSetup = (random: Random): Setup => ({
  maxConcurrent: random.pick([2, 3, 20, 20]),
  narrow: random.pick([1, 2]),
  maxConcurrentStarts: random.pick([1, 2, 4, 10]),
  shardSize: random.pick([1, 2, 3, 150, 150]),
  orphanGraceSeconds: random.pick([0, 30, 300]),
  orphanPolicy: random.pick(['Kill', 'Kill', 'Kill', 'Adopt', 'Report'] as const),
  background: random.pick([0, 0, 0.001, 0.01, 0.03]),
});

/** Most pauses are short, so that things meet; some are so long that every wait is over. */
const drawPause = (random: Random): number => {
  const scale = random.int(1, 100);
  if (scale <= 25) return random.int(0, 3);
  if (scale <= 50) return random.int(4, 200);
  if (scale <= 80) return random.int(200, 5_000);
  if (scale <= 97) return random.int(5_000, 60_000);
  return random.int(60_000, 900_000);
};

/** Each run leaves out some kinds and does more of others: what meets rarely in a mix of all meets often in one of them. */
const chosenKinds = (random: Random, weights: Weights): Weights =>
  Object.fromEntries(
    Object.entries(weights).map(([kind, weight]) => [
      kind,
      random.chance(0.25) ? 0 : weight * random.pick([1, 1, 1, 3]),
    ]),
  );

const weighted = (random: Random, weights: Weights): string => {
  const entries = Object.entries(weights);
  const sum = entries.reduce((before, [, weight]) => before + weight, 0);
  let left = (random.int(0, LARGEST_NUMBER) / (LARGEST_NUMBER + 1)) * sum;
  for (const [kind, weight] of entries) {
    if (left < weight) return kind;
    left -= weight;
  }
  return 'wait';
};

/** A front of bad weather out of a step's numbers. */
export const frontOf = ([where = 0, what = 0, rate = 0, length = 0]: readonly number[], tick: number) => {
  const { points, faults } = FRONTS[where % FRONTS.length] as (typeof FRONTS)[number];
  const chosen = faults[what % faults.length] as (typeof faults)[number];
  const probability = [0.05, 0.2, 0.5, 1][rate % 4] as number;
  const forMs = [500, 5_000, 30_000, 120_000, 600_000][length % 5] as number;
  return { points, faults: { [chosen]: probability }, untilTick: tick + forMs };
};
