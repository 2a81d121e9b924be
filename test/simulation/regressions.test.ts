import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from './explain.ts';
import type { Schedule } from './schedule.ts';
import { simulate } from './simulate.ts';

const FOLDER = fileURLToPath(new URL('regressions', import.meta.url));
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.json')) : [];

const test = suite('schedules that once broke an invariant');

for (const name of files) {
  test(`${name} breaks none any more`, async () => {
    const file = join(FOLDER, name);
    const schedule = JSON.parse(readFileSync(file, 'utf8')) as Schedule;
    const outcome = await simulate(schedule);
    const again = `npm run simulate -- --replay test/simulation/regressions/${name}`;
    assert.ok(outcome.violation === null, explain(outcome, schedule, again));
  });
}

test.run();
