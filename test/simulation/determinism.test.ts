import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scheduleOf } from './schedule.ts';
import { STEPS } from './seeds.ts';
import { simulate, WEIGHTS } from './simulate.ts';

const test = suite('a simulated run');

test('of the same seed is the same, to the last event', async () => {
  const schedule = scheduleOf(77, STEPS, WEIGHTS);
  const first = await simulate(schedule, { hashed: true });
  const second = await simulate(schedule, { hashed: true });
  assert.is(first.digest, second.digest);
  assert.is.not(first.digest, (await simulate(scheduleOf(78, STEPS, WEIGHTS), { hashed: true })).digest);
});

test.run();
