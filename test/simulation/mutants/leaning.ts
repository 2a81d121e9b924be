import { FRONTS } from '../fronts.ts';
import { type Schedule, scheduleOf } from '../schedule.ts';
import { WEIGHTS } from '../simulate.ts';

/** What the runs of a mutation have more of. */
export interface Leaning {
  /** Kinds of steps that happen more often. */
  readonly often: readonly string[];
  /** The points at which all bad weather is; null: anywhere. */
  readonly weather: string | null;
}

const MORE_OFTEN = 5;

/** The run that belongs to a seed, leaning to what is hard to meet by chance. */
export const leaningScheduleOf = (seed: number, length: number, { often, weather }: Leaning): Schedule => {
  const weights = Object.fromEntries(
    Object.entries(WEIGHTS).map(([kind, weight]) => [kind, often.includes(kind) ? MORE_OFTEN * weight : weight]),
  );
  const schedule = scheduleOf(seed, length, weights);
  if (weather === null) return schedule;
  const front = FRONTS.findIndex(({ points }) => points === weather);
  if (front < 0) throw new Error(`no front of bad weather is at "${weather}"`);
  return {
    ...schedule,
    steps: schedule.steps.map((step) =>
      step.kind === 'front' ? { ...step, numbers: [front, ...step.numbers.slice(1)] } : step,
    ),
  };
};
