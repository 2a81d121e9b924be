import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commandFor, explain } from './explain.ts';
import { scheduleOf } from './schedule.ts';
import { simulate, WEIGHTS } from './simulate.ts';

/** Only where there is time for it: CI says how much. */
const MINUTES = Number(process.env['SIMULATE_MINUTES'] ?? 0);
const STEPS = 400;

const test = suite('simulated runs of fresh seeds');

if (MINUTES > 0) {
  test(`as many as fit into ${MINUTES} minutes break no invariant`, async () => {
    const first = Math.floor(Date.now() / 1000);
    const until = performance.now() + MINUTES * 60_000;
    let runs = 0;
    for (let seed = first; performance.now() < until; seed += 1) {
      const schedule = scheduleOf(seed, STEPS, WEIGHTS);
      const outcome = await simulate(schedule);
      assert.ok(outcome.violation === null, explain(outcome, schedule, commandFor(schedule)));
      runs += 1;
    }
    console.log(`${runs} fresh seeds of ${STEPS} steps from ${first} on, and no violation`);
  });
} else {
  test('are run where SIMULATE_MINUTES says for how long', () => {
    assert.is(MINUTES, 0);
  });
}

test.run();
