import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Schedule, scheduleOf } from '../schedule.ts';
import { simulate, WEIGHTS } from '../simulate.ts';
import { type Made, makeAll } from './crew.ts';
import { Simulator } from './simulator.ts';

const worker = fileURLToPath(new URL('odd-worker.ts', import.meta.url));
const timeoutMs = 100_000;

const scheduled = (seed: number): Schedule => scheduleOf(seed, 5, WEIGHTS);

const all = async (made: AsyncIterable<Made>): Promise<readonly Made[]> => {
  const list: Made[] = [];
  for await (const each of made) list.push(each);
  return list;
};

const test = suite('runs in processes of their own');

test('are told in their order, whichever ends first', async () => {
  const made = await all(makeAll([1, 4, 5, 6, 7].map(scheduled), { jobs: 2, timeoutMs, worker }));
  assert.equal(
    made.map(({ outcome }) => outcome.step),
    [1, 4, 5, 6, 7],
  );
  assert.is(new Set(made.map(({ outcome }) => outcome.tick)).size, 2, 'by two processes');
});

test('one that takes its process with it breaks an invariant, and those after it are made', async () => {
  const made = await all(makeAll([2, 4].map(scheduled), { jobs: 1, timeoutMs, worker }));
  assert.is(made[0]?.outcome.violation?.invariant, 'no crash');
  assert.match(made[0]?.outcome.violation?.message ?? '', 'the second one ends its process');
  assert.is(made[1]?.outcome.violation, null);
});

test('one that does not end breaks an invariant', async () => {
  const simulator = new Simulator({ timeoutMs: 500, worker });
  const { violation } = await simulator.run(scheduled(3));
  assert.equal(violation, { invariant: 'it ends', message: 'no end within 0.5 s' });
});

test('nothing is asked for that is not listened to', async () => {
  const asked: number[] = [];
  function* endless(): Generator<Schedule> {
    for (let seed = 4; ; seed += 1) {
      asked.push(seed);
      yield scheduled(seed);
    }
  }
  for await (const _ of makeAll(endless(), { jobs: 2, timeoutMs, worker })) break;
  assert.ok(asked.length < 20, `${asked.length} were asked for`);
});

test('have the outcome that they have here', async () => {
  const schedule = scheduled(4);
  const [made] = await all(makeAll([schedule], { jobs: 1, timeoutMs }));
  assert.equal(made, { schedule, outcome: await simulate(schedule) });
});

test.run();
