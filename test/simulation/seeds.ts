import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandFor, explain } from './explain.ts';
import { scheduleOf } from './schedule.ts';
import { simulate, WEIGHTS } from './simulate.ts';

/** Of the seeds that are always the same; CI has others besides, each time. */
export const STEPS = 150;

/** A test for each seed. They are spread over files, so that each file ends in time on a busy machine. */
export const testSeeds = (test: Test, first: number, last: number): void => {
  for (let seed = first; seed <= last; seed += 1) {
    test(`seed ${seed} breaks no invariant`, async () => {
      const schedule = scheduleOf(seed, STEPS, WEIGHTS);
      const outcome = await simulate(schedule);
      assert.ok(outcome.violation === null, explain(outcome, schedule, commandFor(schedule)));
    });
  }
};
