import { type Random, randomOf } from './random.ts';

/** What can become of a call. */
export const FAULTS = ['failsBefore', 'failsAfter', 'slow', 'hangs', 'stale', 'partial'] as const;
export type Fault = (typeof FAULTS)[number];

/** What can become of a hint. */
export type HintFault = 'lost' | 'late' | 'doubled';

/** A front: calls at points that begin with `points` have these faults, each with this probability, until it is over. */
export interface Front {
  /** Beginning of the points' names: `tmux.`, `runs.observe`, or '' for all. */
  readonly points: string;
  readonly faults: Partial<Record<Fault | HintFault, number>>;
  /** Milliseconds of the run. */
  readonly untilTick: number;
}

/**
 * Which points have which faults at the moment. Each point draws from a stream of its own, so that its n-th call fares
 * alike whatever happens elsewhere: a schedule with a step less is still much the same run.
 */
export class Weather {
  readonly #seed: number;
  readonly #tick: () => number;
  readonly #streams = new Map<string, Random>();
  #fronts: readonly Front[] = [];

  constructor(seed: number, tick: () => number) {
    this.#seed = seed;
    this.#tick = tick;
  }

  /** The stream of a point, for whatever is to be drawn there. */
  at(point: string): Random {
    let stream = this.#streams.get(point);
    if (stream === undefined) this.#streams.set(point, (stream = randomOf(this.#seed, point)));
    return stream;
  }

  /** From now on. */
  add(front: Front): void {
    this.#fronts = [...this.#fronts.filter(({ untilTick }) => untilTick > this.#tick()), front];
  }

  /** No more faults: what is under way still ends as it began. */
  clear(): void {
    this.#fronts = [];
  }

  /** What becomes of a call for which only these faults are possible; null for most. */
  strikes<Kind extends Fault | HintFault>(point: string, possible: readonly Kind[]): Kind | null {
    if (this.#fronts.length === 0) return null;
    const tick = this.#tick();
    for (const { points, faults, untilTick } of this.#fronts) {
      if (untilTick <= tick || !point.startsWith(points)) continue;
      const struck = possible.find((fault) => this.at(point).chance(faults[fault] ?? 0));
      if (struck !== undefined) return struck;
    }
    return null;
  }
}
