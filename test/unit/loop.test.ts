import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Fenced, StoreConflict } from '../../src/api/ports/store.ts';
import type { Trace } from '../../src/api/trace.ts';
import { type Controller, Loop, type Outcome, settled } from '../../src/controllers/loop.ts';
import { Passes } from '../../src/controllers/pass.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const test = suite('the loop');

/** A loop over passes that the test writes, and what it told. */
const loopOf = (reconcile: Controller['reconcile'], workers = 1) => {
  const clock = new ManualClock();
  const traces: Trace[] = [];
  const loop = new Loop({ name: 'test', workers, reconcile }, clock, (trace) => traces.push(trace), new Passes());
  loop.start();
  const results = (key?: string): readonly string[] =>
    traces.flatMap((told) => (told.trace === 'Reconciled' && told.key === (key ?? told.key) ? [told.result] : []));
  return { clock, loop, traces, results };
};

/** Passes that answer one after the other with what the test gives; a thrown value is thrown. */
const answering = (...answers: readonly (Outcome | Error)[]): Controller['reconcile'] => {
  const left = [...answers];
  return async () => {
    const answer = left.shift() ?? settled;
    if (answer instanceof Error) throw answer;
    return answer;
  };
};

test('a pass that is settled comes back only when something changes', async () => {
  const { clock, loop, results } = loopOf(answering(settled));
  loop.queue.add('a');
  await loop.queue.idle();
  clock.advance(1_000_000);
  assert.ok(loop.queue.isIdle);
  assert.equal(results(), ['success']);
  await loop.stop();
});

test('a pass that asks for a later look comes back then, and not before', async () => {
  const { clock, loop, results } = loopOf(answering({ retry: false, requeueAfterMs: 500 }));
  loop.queue.add('a');
  await loop.queue.idle();
  clock.advance(499);
  assert.ok(loop.queue.isIdle);
  clock.advance(1);
  await loop.queue.idle();
  assert.equal(results(), ['requeue_after', 'success']);
  await loop.stop();
});

test('a pass that asks for a look at once gets one', async () => {
  const { loop, results } = loopOf(answering({ retry: false, requeueAfterMs: 0 }));
  loop.queue.add('a');
  await loop.queue.idle();
  assert.equal(results(), ['requeue_after', 'success']);
  await loop.stop();
});

const waitsOf = async (answer: Outcome | Error): Promise<readonly number[]> => {
  const { clock, loop, results } = loopOf(answering(answer, answer, answer, answer));
  loop.queue.add('a');
  await loop.queue.idle();
  const waits: number[] = [];
  while (results().at(-1) !== 'success') {
    const passes = results().length;
    let waited = 0;
    for (; results().length === passes; waited += 1) {
      clock.advance(1);
      await loop.queue.idle();
    }
    waits.push(waited);
  }
  await loop.stop();
  return waits;
};

test('a pass that could not have what it needs is retried with growing waits (I8)', async () => {
  assert.equal(await waitsOf({ retry: true, requeueAfterMs: null }), [5, 10, 20, 40]);
});

test('a pass that failed is retried with growing waits, and its error is told (I8)', async () => {
  assert.equal(await waitsOf(new Error('broken')), [5, 10, 20, 40]);
  const { loop, traces, results } = loopOf(answering(new Error('broken')));
  loop.queue.add('a');
  await loop.queue.idle();
  assert.equal(results(), ['error']);
  const [told] = traces.filter((trace) => trace.trace === 'Reconciled');
  assert.match(String(told?.error), 'broken');
  await loop.stop();
});

test('one success, and the next failure waits the shortest time again', async () => {
  const broken = new Error('broken');
  const { clock, loop, results } = loopOf(answering(broken, broken, settled, broken));
  loop.queue.add('a');
  await loop.queue.idle();
  for (const wait of [5, 10]) {
    clock.advance(wait);
    await loop.queue.idle();
  }
  loop.queue.add('a');
  await loop.queue.idle();
  clock.advance(5);
  await loop.queue.idle();
  assert.equal(results(), ['error', 'error', 'success', 'error', 'success']);
  await loop.stop();
});

test('an error of one key delays no other (I10)', async () => {
  const { loop, results } = loopOf(async ({ key }) => {
    if (key === 'bad') throw new Error('broken');
    return settled;
  });
  for (const key of ['bad', 'a', 'b', 'c']) loop.queue.add(key);
  await loop.queue.idle();
  assert.equal(results('bad'), ['error']);
  for (const key of ['a', 'b', 'c']) assert.equal(results(key), ['success']);
  await loop.stop();
});

test('a row that changed meanwhile is no error, only a reason to look again (failure 59)', async () => {
  const { clock, loop, results } = loopOf(answering(new StoreConflict('it changed')));
  loop.queue.add('a');
  await loop.queue.idle();
  clock.advance(5);
  await loop.queue.idle();
  assert.equal(results(), ['requeue', 'success']);
  await loop.stop();
});

test('a plan that the store refuses again and again is an error after all', async () => {
  const refused = new StoreConflict('it is never taken');
  const { clock, loop, results } = loopOf(answering(...Array.from({ length: 6 }, () => refused)));
  loop.queue.add('a');
  await loop.queue.idle();
  while (results().at(-1) !== 'success') {
    clock.advance(1_000);
    await loop.queue.idle();
  }
  assert.equal(results(), [...Array.from({ length: 5 }, () => 'requeue'), 'error', 'success']);
  await loop.stop();
});

test('where another controller has taken over, that is told and nothing is tried again (failure 42)', async () => {
  const { clock, loop, traces, results } = loopOf(answering(new Fenced('a newer controller is there')));
  loop.queue.add('a');
  await loop.queue.idle();
  clock.advance(1_000_000);
  assert.ok(loop.queue.isIdle);
  assert.equal(results(), []);
  assert.equal(
    traces.filter(({ trace }) => trace === 'Fenced'),
    [{ trace: 'Fenced', reason: 'a newer controller is there' }],
  );
  await loop.stop();
});

/** Passes that end when the test lets them. */
const gated = () => {
  const gates = new Map<string, () => void>();
  const underWay: string[] = [];
  const ended: string[] = [];
  const signals: AbortSignal[] = [];
  const reconcile: Controller['reconcile'] = async ({ key }, signal) => {
    underWay.push(key);
    signals.push(signal);
    await new Promise<void>((resolve) => gates.set(key, resolve));
    ended.push(key);
    return settled;
  };
  const open = (key: string): void => gates.get(key)?.();
  return { reconcile, underWay, ended, signals, open };
};

test('no more keys are worked on side by side than there are workers, and a free one takes the next', async () => {
  const { reconcile, underWay, open } = gated();
  const { loop } = loopOf(reconcile, 2);
  for (const key of ['a', 'b', 'c']) loop.queue.add(key);
  await eventually(() => underWay.length === 2);
  assert.equal(underWay, ['a', 'b']);
  assert.is(loop.queue.depth, 1);
  open('b');
  await eventually(() => underWay.length === 3);
  for (const key of ['a', 'c']) open(key);
  await loop.stop();
});

test('stopping tells those under way, waits for them to end, and begins nothing more', async () => {
  const { reconcile, underWay, ended, signals, open } = gated();
  const { loop } = loopOf(reconcile);
  for (const key of ['a', 'b']) loop.queue.add(key);
  await eventually(() => underWay.length === 1);
  let stopped = false;
  const stopping = loop.stop().finally(() => {
    stopped = true;
  });
  await new Promise(setImmediate);
  assert.ok(signals[0]?.aborted);
  assert.not(stopped);
  open('a');
  await stopping;
  assert.equal(ended, ['a']);
  assert.equal(underWay, ['a']);
});

test.run();
