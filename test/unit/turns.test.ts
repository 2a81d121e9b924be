import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inTurns } from '../../src/adapters/preflight/turns.ts';

const LONG_MS = 600_000;

/** Work that ends when it is told to. */
const holder = () => {
  const ends: ((value: number) => void)[] = [];
  let begun = 0;
  return {
    work: () => {
      begun += 1;
      return new Promise<number>((end) => ends.push(end));
    },
    begun: () => begun,
    endOne: (value: number) => ends.shift()?.(value),
  };
};

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const test = suite('turns');

test('so much is under way at one time and no more, and each gets what its work gave', async () => {
  const { work, begun, endOne } = holder();
  const inTurn = inTurns(2, LONG_MS);
  const all = [1, 2, 3, 4, 5].map(() => inTurn(work));
  await soon();
  assert.is(begun(), 2);
  endOne(10);
  assert.is(await all[0], 10);
  await soon();
  assert.is(begun(), 3);
  for (const value of [20, 30, 40, 50]) {
    endOne(value);
    await soon();
  }
  assert.equal(await Promise.all(all), [10, 20, 30, 40, 50]);
});

test('work that fails gives its turn to the next, and its error to who asked for it', async () => {
  const inTurn = inTurns(1, LONG_MS);
  const failing = inTurn(() => Promise.reject(new Error('no')));
  const next = inTurn(async () => 'well');
  assert.is(await failing.catch((error: Error) => error.message), 'no');
  assert.is(await next, 'well');
});

test('work that hangs gives its turn to the next, and may still end (failure 64)', async () => {
  const { work, endOne } = holder();
  const inTurn = inTurns(1, 1);
  const hanging = inTurn(work);
  assert.is(await inTurn(async () => 'well'), 'well');
  endOne(7);
  assert.is(await hanging, 7);
});

test.run();
