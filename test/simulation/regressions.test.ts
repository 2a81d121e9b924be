import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from './explain.ts';
import { REGRESSIONS } from './report.ts';
import type { Schedule } from './schedule.ts';
import { STEPS, simulate } from './simulate.ts';

const names = readdirSync(REGRESSIONS);

const test = suite('schedules that once broke an invariant');

const read = (name: string): Schedule => JSON.parse(readFileSync(join(REGRESSIONS, name), 'utf8')) as Schedule;

for (const name of names) {
  test(`${name} breaks none any more`, async () => {
    const schedule = read(name);
    const outcome = await simulate(schedule);
    const again = `npm run simulate -- --replay test/simulation/regressions/${name}`;
    assert.ok(outcome.violation === null, explain(outcome, schedule, again));
  });

  test(`${name} has no step that nobody knows any more`, () => {
    const kinds = read(name).steps.map(({ kind }) => kind);
    assert.equal(
      kinds.filter((kind) => !(kind in STEPS)),
      [],
    );
  });
}

test.run();
