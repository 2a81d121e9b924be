import { type Copy, copyOfTree, mutantOf } from './copy.ts';
import type { Mutation } from './mutation.ts';
import { runSeeds, type SeedRange } from './seeds.ts';

/** How a mutation was found out, or not. */
export interface Catch {
  readonly mutation: Mutation;
  /** The invariant that caught it; null when nothing did. */
  readonly invariant: string | null;
  readonly message: string;
  /** So many seeds were tried, the one that caught it included. */
  readonly seeds: number;
}

/**
 * Simulates a mutated product seed after seed, until a violation is found that the product as it is does not have with
 * the same seed.
 */
export const hunt = async (mutation: Mutation, range: SeedRange, clean: CleanProduct): Promise<Catch> => {
  const copy = mutantOf(clean.copy, mutation);
  try {
    let from = range.first;
    while (from <= range.last) {
      for await (const { seed, invariant, message } of runSeeds(copy.path, { ...range, first: from })) {
        from = seed + 1;
        if (invariant !== null && (await clean.passes(seed))) {
          return { mutation, invariant, message, seeds: seed - range.first + 1 };
        }
      }
    }
    return { mutation, invariant: null, message: '', seeds: range.last - range.first + 1 };
  } finally {
    copy.remove();
  }
};

/** The product as it is. */
export interface CleanProduct {
  readonly copy: Copy;
  /** Does it keep all invariants with this seed? Simulated once a seed. */
  readonly passes: (seed: number) => Promise<boolean>;
}

export const cleanProduct = (range: SeedRange): CleanProduct => {
  const copy = copyOfTree();
  const asked = new Map<number, Promise<boolean>>();

  const ask = async (seed: number): Promise<boolean> => {
    for await (const { invariant } of runSeeds(copy.path, { ...range, first: seed, last: seed })) {
      if (invariant !== null) return false;
    }
    return true;
  };

  return {
    copy,
    passes: (seed: number): Promise<boolean> => {
      const answer = asked.get(seed) ?? ask(seed);
      asked.set(seed, answer);
      return answer;
    },
  };
};
