import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Choices that a seed determines, in the order they are asked for. */
export interface Random {
  /** Whole, both ends included. */
  int(from: number, to: number): number;
  /** From 0 up to 1. */
  part(): number;
  chance(part: number): boolean;
  /** Undefined for nothing to choose from. */
  pick<T>(from: readonly T[]): T | undefined;
  /** An index, as likely as its weight. */
  weighted(weights: readonly number[]): number;
  /** Spans around a mean, as between events that do not know of each other; six times the mean at most. */
  span(meanMs: number): number;
  /** Another source that this one determines, however much is then asked of either. */
  fork(): Random;
}

const STEPS = 0x7fff_ffff;

export const randomOf = (seed: number): Random => {
  const generator = xoroshiro128plus(seed);
  const int = (from: number, to: number): number => uniformInt(generator, from, to);
  const part = (): number => int(0, STEPS - 1) / STEPS;
  return {
    int,
    part,
    chance: (share) => part() < share,
    pick: (from) => (from.length === 0 ? undefined : from[int(0, from.length - 1)]),
    weighted(weights) {
      let left = part() * weights.reduce((sum, weight) => sum + weight, 0);
      const index = weights.findIndex((weight) => (left -= weight) < 0);
      return index < 0 ? weights.length - 1 : index;
    },
    span: (meanMs) => Math.min(-Math.log(1 - part()), 6) * meanMs,
    fork: () => randomOf(int(0, STEPS - 1)),
  };
};
