import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandFor, explain } from './explain.ts';
import type { Schedule } from './schedule.ts';
import { shrink } from './shrink.ts';
import type { Outcome } from './simulate.ts';

/** Where schedules that once broke an invariant are kept. */
export const REGRESSIONS = fileURLToPath(new URL('regressions', import.meta.url));

/** Tells what broke, and how to see it again. */
export const tellViolation = (outcome: Outcome, schedule: Schedule): void =>
  console.log(explain(outcome, schedule, commandFor(schedule)));

/** The same of a smaller schedule that breaks the same invariant, and is saved; makes many runs. */
export const shrinkSaveAndTell = async (
  { violation, step }: Outcome,
  schedule: Schedule,
  run: (schedule: Schedule) => Promise<Outcome>,
  say: (line: string) => void,
): Promise<void> => {
  const invariant = violation?.invariant ?? '';
  const failsAlike = async (smaller: Schedule): Promise<boolean> =>
    (await run(smaller)).violation?.invariant === invariant;
  const made = { ...schedule, steps: schedule.steps.slice(0, step) };
  const smaller = await shrink(made, failsAlike, (steps, tries) =>
    say(`shrunk to ${steps} steps after ${tries} tries`),
  );
  mkdirSync(REGRESSIONS, { recursive: true });
  const file = join(REGRESSIONS, `${invariant.replace(' ', '-')}-${schedule.seed}.json`);
  writeFileSync(file, `${JSON.stringify(smaller, null, 2)}\n`);
  const again = `npm run simulate -- --replay ${file}\nin full: ${commandFor(schedule)}`;
  console.log(explain(await run(smaller), smaller, again));
};
