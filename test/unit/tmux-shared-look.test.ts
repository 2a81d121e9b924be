import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedLook } from '../../src/adapters/tmux/shared-look.ts';
import type { Clock } from '../../src/api/ports/world.ts';

/** Looks that end when told to, on a clock that is turned by hand. */
const bench = () => {
  let monotonicMs = 0;
  const clock: Clock = { now: () => ({ wallMs: 0, monotonicMs, bootId: 'b' }), after: () => () => {} };
  const begun: { readonly at: number; readonly end: () => void }[] = [];
  const look = sharedLook(clock, () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const name = `look ${begun.length + 1}`;
    begun.push({ at: monotonicMs, end: () => resolve(name) });
    return promise;
  });
  return {
    begun,
    look,
    at(ms: number) {
      monotonicMs = ms;
    },
    end: (index: number) => begun[index]?.end(),
  };
};

/** Everything that is ready to run has run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const test = suite('shared look');

test('all who ask for the same moment share one look', async () => {
  const { begun, look, at, end } = bench();
  at(10);
  const asked = Array.from({ length: 50 }, () => look(10));
  await settled();
  assert.is(begun.length, 1);
  end(0);
  assert.equal(new Set(await Promise.all(asked)), new Set(['look 1']));
});

test('a look that began earlier does not serve: the next one does, for all who wait', async () => {
  const { begun, look, at, end } = bench();
  at(10);
  const early = look(10);
  await settled();
  at(20);
  const late = [look(11), look(20), look(15)];
  await settled();
  assert.is(begun.length, 1, 'one at a time');
  end(0);
  await settled();
  assert.is(begun.length, 2);
  end(1);
  assert.is(await early, 'look 1');
  assert.equal(await Promise.all(late), ['look 2', 'look 2', 'look 2']);
});

test('a look that is over serves whoever needs none later', async () => {
  const { begun, look, at, end } = bench();
  at(10);
  const first = look(10);
  await settled();
  end(0);
  await first;
  at(99);
  assert.is(await look(10), 'look 1');
  assert.is(begun.length, 1);
});

test('a look that failed is told to those who asked, and is followed by another', async () => {
  let looks = 0;
  const clock: Clock = { now: () => ({ wallMs: 0, monotonicMs: looks, bootId: 'b' }), after: () => () => {} };
  const look = sharedLook(clock, async () => {
    looks++;
    if (looks === 1) throw new Error('no answer');
    return 'fine';
  });
  const failed = await look(0).catch((error: unknown) => (error as Error).message);
  assert.is(failed, 'no answer');
  assert.is(await look(1), 'fine');
});

test.run();
