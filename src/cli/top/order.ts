import type { Phase } from '../../api/phase.ts';
import type { TopRow } from './sample.ts';

/** By what the rows can be sorted, each with the key that does it. */
export const SORTS = ['trouble', 'name', 'cpu', 'memory', 'age', 'restarts', 'heartbeat'] as const;
export type Sort = (typeof SORTS)[number];

export interface Order {
  readonly sort: Sort;
  readonly reversed: boolean;
}

/** What most needs a person's look comes first. */
const TROUBLE: Readonly<Record<Phase, number>> = {
  Failed: 0,
  BackingOff: 3,
  Waiting: 4,
  Pending: 5,
  Terminating: 6,
  Starting: 7,
  Queued: 8,
  Running: 9,
  Suspended: 10,
  Completed: 11,
};
const STALLED = 1;
const UNKNOWN = 2;

const troubleOf = ({ phase, stalled, unknown }: TopRow): number =>
  Math.min(TROUBLE[phase], stalled ? STALLED : Infinity, unknown ? UNKNOWN : Infinity);

/** The larger comes later; what has none is last. */
const MEASURES: Readonly<Record<Exclude<Sort, 'name'>, (row: TopRow) => number>> = {
  trouble: troubleOf,
  cpu: ({ cpu }) => -(cpu ?? 0),
  memory: ({ memoryBytes }) => -memoryBytes,
  age: ({ createdAt }) => -createdAt,
  restarts: ({ restarts }) => -restarts,
  // The one that has been silent longest first.
  heartbeat: ({ lastBeatAt }) => lastBeatAt ?? Infinity,
};

/** The rows in order; those that are equal, by name. */
export const inOrder = (rows: readonly TopRow[], { sort, reversed }: Order): readonly TopRow[] => {
  const measure = sort === 'name' ? () => 0 : MEASURES[sort];
  const compare = (a: TopRow, b: TopRow): number => {
    const [x, y] = [measure(a), measure(b)];
    if (x !== y) return x < y ? -1 : 1;
    return a.name < b.name ? -1 : 1;
  };
  const sorted = rows.toSorted(compare);
  return reversed ? sorted.reverse() : sorted;
};
