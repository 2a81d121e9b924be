import type { Schedule } from './schedule.ts';
import type { Outcome } from './simulate.ts';

/** The last of what happened, what is wrong, and how to see it again. */
export const explain = ({ violation, step, last }: Outcome, { seed, steps }: Schedule, again: string): string =>
  [
    ...last,
    `violation of ${violation?.invariant} at step ${step} of ${steps.length}, seed ${seed}:`,
    violation?.message,
    `again: ${again}`,
  ].join('\n');

export const commandFor = ({ seed, steps }: Schedule): string =>
  `npm run simulate -- --seed ${seed} --steps ${steps.length}`;
