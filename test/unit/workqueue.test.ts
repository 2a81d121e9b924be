import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkQueue } from '../../src/controllers/workqueue.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const test = suite('the workqueue');

const create = () => {
  const clock = new ManualClock();
  return { clock, queue: new WorkQueue('test', clock, () => {}) };
};

/** Takes what is there now; null when a worker would have to wait. */
const take = async (queue: WorkQueue): Promise<string | null> =>
  queue.depth === 0 ? null : ((await queue.get())?.key ?? null);

test('hands keys out in the order of their first add', async () => {
  const { queue } = create();
  for (const key of ['a', 'b', 'a', 'c']) queue.add(key);
  assert.equal([await take(queue), await take(queue), await take(queue)], ['a', 'b', 'c']);
});

test('merges adds of a key that waits', () => {
  const { queue } = create();
  for (let add = 0; add < 5; add += 1) queue.add('a');
  assert.is(queue.depth, 1);
});

test('never hands a key to a second worker while the first has it', async () => {
  const { queue } = create();
  queue.add('a');
  await take(queue);
  queue.add('a');
  assert.is(queue.depth, 0);
  queue.done('a');
  assert.is(await take(queue), 'a');
});

test('forgets no add that came while the key was processed', async () => {
  const { queue } = create();
  queue.add('a');
  await take(queue);
  queue.add('a');
  queue.add('a');
  queue.done('a');
  assert.is(queue.depth, 1);
});

test('says since when an answer is new enough: the newest add, not the first', async () => {
  const { queue, clock } = create();
  queue.add('a');
  clock.advance(50);
  queue.add('a');
  const work = await queue.get();
  assert.is(work?.since, clock.now().monotonicMs);
});

test('wakes a worker that waits', async () => {
  const { queue } = create();
  const work = queue.get();
  queue.add('a');
  assert.is((await work)?.key, 'a');
});

test('adds after the time asked for, and not before', () => {
  const { queue, clock } = create();
  queue.addAfter('a', 100);
  clock.advance(99);
  assert.is(queue.depth, 0);
  clock.advance(1);
  assert.is(queue.depth, 1);
});

test('of several delayed adds of a key only the earliest fires', async () => {
  const { queue, clock } = create();
  queue.addAfter('a', 100);
  queue.addAfter('a', 50);
  queue.addAfter('a', 200);
  clock.advance(50);
  assert.is(await take(queue), 'a');
  queue.done('a');
  clock.advance(500);
  assert.is(queue.depth, 0);
});

test('backs off exponentially per key, up to half a minute, until the key is forgotten', () => {
  const { queue, clock } = create();
  const waits = Array.from({ length: 16 }, () => {
    queue.addRateLimited('a');
    let waited = 0;
    while (queue.depth === 0) {
      clock.advance(1);
      waited += 1;
    }
    void queue.get();
    queue.done('a');
    return waited;
  });
  assert.equal(waits.slice(0, 5), [5, 10, 20, 40, 80]);
  assert.is(waits.at(-1), 30_000);
  assert.is(queue.numRequeues('a'), 16);
  assert.is(queue.numRequeues('b'), 0);
  queue.forget('a');
  assert.is(queue.numRequeues('a'), 0);
});

test('after shutDown workers get null, adds are dropped, and it ends when the last key is done', async () => {
  const { queue, clock } = create();
  queue.add('a');
  await take(queue);
  const waiting = queue.get();
  queue.addAfter('b', 10);
  const ended = queue.shutDown();
  assert.is(await waiting, null);
  queue.add('c');
  clock.advance(100);
  assert.is(queue.depth, 0);
  queue.done('a');
  await ended;
  assert.is(await queue.get(), null);
});

test('done for a key that no worker has changes nothing', () => {
  const { queue } = create();
  queue.add('a');
  queue.done('a');
  assert.is(queue.depth, 1);
});

test('agrees with a naive model whatever is done to it: no key lost, none handed out twice at once', async () => {
  const operation = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ do: fc.constant('take' as const), key: fc.constant('') }),
    fc.record({ do: fc.constant('done' as const), key: fc.constantFrom('a', 'b', 'c') }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
      const { queue } = create();
      let waiting: string[] = [];
      const processing = new Set<string>();
      const dirty = new Set<string>();
      for (const { do: what, key } of operations) {
        if (what === 'add') {
          queue.add(key);
          if (processing.has(key)) dirty.add(key);
          else if (!waiting.includes(key)) waiting.push(key);
        } else if (what === 'take') {
          const taken = await take(queue);
          assert.is(taken, waiting[0] ?? null);
          if (taken !== null) processing.add(taken);
          waiting = waiting.slice(1);
        } else {
          queue.done(key);
          if (processing.delete(key) && dirty.delete(key)) waiting.push(key);
        }
        assert.is(queue.depth, waiting.length);
      }
    }),
  );
});

test.run();
