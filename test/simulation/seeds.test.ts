import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commandFor, explain } from './explain.ts';
import { scheduleOf } from './schedule.ts';
import { simulate, WEIGHTS } from './simulate.ts';

/** Always the same; CI has others besides, each time. */
const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1);
const STEPS = 150;

const test = suite('simulated runs');

test('the same seed is the same run, to the last event', async () => {
  const schedule = scheduleOf(77, STEPS, WEIGHTS);
  const first = await simulate(schedule, { hashed: true });
  const second = await simulate(schedule, { hashed: true });
  assert.is(first.digest, second.digest);
  assert.is.not(first.digest, (await simulate(scheduleOf(78, STEPS, WEIGHTS), { hashed: true })).digest);
});

for (const seed of SEEDS) {
  test(`seed ${seed} breaks no invariant`, async () => {
    const schedule = scheduleOf(seed, STEPS, WEIGHTS);
    const outcome = await simulate(schedule);
    assert.ok(outcome.violation === null, explain(outcome, schedule, commandFor(schedule)));
  });
}

test.run();
