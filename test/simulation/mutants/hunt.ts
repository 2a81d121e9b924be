import { type Copy, copyOfTree, mutantOf } from './copy.ts';
import type { Leaning } from './leaning.ts';
import type { Mutation } from './mutation.ts';
import { runSeeds, type SeedRange } from './seeds.ts';

/** How long is looked for a mutation. */
export type Bounds = Omit<SeedRange, 'leaning'>;

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
export const hunt = async (mutation: Mutation, bounds: Bounds, clean: CleanProduct): Promise<Catch> => {
  const leaning = { often: mutation.often ?? [], weather: mutation.weather ?? null };
  const range = { ...bounds, leaning };
  const copy = mutantOf(clean.copy, mutation);
  try {
    let from = range.first;
    while (from <= range.last) {
      for await (const { seed, invariant, message } of runSeeds(copy.path, { ...range, first: from })) {
        from = seed + 1;
        if (invariant !== null && (await clean.passes(seed, leaning))) {
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
  /** Does it keep all invariants with this seed? Simulated once for each. */
  readonly passes: (seed: number, leaning: Leaning) => Promise<boolean>;
}

export const cleanProduct = (bounds: Bounds): CleanProduct => {
  const copy = copyOfTree();
  const asked = new Map<string, Promise<boolean>>();

  const ask = async (seed: number, leaning: Leaning): Promise<boolean> => {
    for await (const { invariant } of runSeeds(copy.path, { ...bounds, leaning, first: seed, last: seed })) {
      if (invariant !== null) return false;
    }
    return true;
  };

  return {
    copy,
    passes: (seed, leaning) => {
      const key = JSON.stringify([seed, leaning]);
      const answer = asked.get(key) ?? ask(seed, leaning);
      asked.set(key, answer);
      return answer;
    },
  };
};
