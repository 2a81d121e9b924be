import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** One seeded stream of numbers. What is drawn from one stream changes nothing in another. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True once in `1 / probability` times; nothing is drawn for 0 and 1. */
  chance(probability: number): boolean;
  /** One of the items, of which there is at least one. */
  pick<T>(items: readonly T[]): T;
  /** The items in another order. */
  shuffled<T>(items: readonly T[]): readonly T[];
  /** A UUID of version 4. */
  uuid(): string;
}

/** The stream of this name that belongs to a seed. */
export const randomOf = (seed: number, stream: string): Random => {
  const generator = xoroshiro128plus(mixed(seed, stream));
  const int = (min: number, max: number): number => uniformInt(generator, min, max);
  const hex = (digits: number): string => Array.from({ length: digits }, () => int(0, 15).toString(16)).join('');
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError(`stream ${stream}: nothing to pick from`);
    return items[int(0, items.length - 1)] as T;
  };
  return {
    int,
    pick,
    chance: (probability) => probability > 0 && (probability >= 1 || int(0, 999_999) < probability * 1_000_000),
    shuffled(items) {
      const left = [...items];
      return items.map(() => left.splice(int(0, left.length - 1), 1)[0] as (typeof items)[number]);
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[int(0, 3)]}${hex(3)}-${hex(12)}`,
  };
};

/** FNV-1a over seed and name: streams of one seed have nothing in common. */
const mixed = (seed: number, stream: string): number => {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${stream}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash;
};
