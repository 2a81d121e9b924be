import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Work, WorkQueue } from '../../src/controllers/workqueue.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

/** The queue as one would write it without a thought for speed: lists, searched and sorted anew each time. */
class NaiveQueue {
  now = 1_000;
  waiting: { key: string; since: number }[] = [];
  processing: { key: string; started: number; dirty: number | null }[] = [];
  delayed: { key: string; at: number }[] = [];
  failures: string[] = [];
  handed: (Work | null)[] = [];
  workers = 0;
  isDown = false;

  add(key: string): void {
    if (this.isDown) return;
    const underWay = this.processing.find((each) => each.key === key);
    const known = this.waiting.find((each) => each.key === key);
    if (underWay) underWay.dirty = this.now;
    else if (known) known.since = this.now;
    else this.waiting.push({ key, since: this.now });
    this.handOut();
  }

  addAfter(key: string, ms: number): void {
    if (this.isDown) return;
    if (ms <= 0) return this.add(key);
    const at = this.now + ms;
    if (this.delayed.some((each) => each.key === key && each.at <= at)) return;
    this.delayed = [...this.delayed.filter((each) => each.key !== key), { key, at }];
  }

  addRateLimited(key: string): void {
    this.addAfter(key, Math.min(30_000, 5 * 2 ** this.numRequeues(key)));
    this.failures.push(key);
  }

  numRequeues(key: string): number {
    return this.failures.filter((failed) => failed === key).length;
  }

  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const [next] = this.delayed.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.now = next.at;
      this.delayed = this.delayed.filter((each) => each !== next);
      this.add(next.key);
    }
    this.now = until;
  }

  done(key: string): void {
    const answered = this.processing.find((each) => each.key === key);
    this.processing = this.processing.filter((each) => each !== answered);
    if (answered?.dirty != null && !this.isDown) this.waiting.push({ key, since: answered.dirty });
    this.handOut();
  }

  shutDown(): void {
    this.isDown = true;
    this.waiting = [];
    this.delayed = [];
    this.handOut();
  }

  handOut(): void {
    while (this.workers > 0) {
      const work = this.isDown ? null : this.waiting.shift();
      if (work === undefined) return;
      this.workers -= 1;
      this.handed.push(work);
      if (work) this.processing.push({ key: work.key, started: this.now, dirty: null });
    }
  }
}

interface Real {
  readonly queue: WorkQueue;
  readonly clock: ManualClock;
  readonly handed: (Work | null)[];
  readonly ended: string[];
}

type Command = fc.AsyncCommand<NaiveQueue, Real>;

const KEYS = ['a', 'b', 'c', 'd'];

const command = (name: string, act: (model: NaiveQueue, real: Real) => void): Command => ({
  check: () => true,
  toString: () => name,
  async run(model, real) {
    act(model, real);
    // What was handed out arrives with the next turn of the loop.
    await new Promise(setImmediate);
    const { queue, handed, ended } = real;
    assert.equal(handed, model.handed);
    assert.is(queue.depth, model.waiting.length);
    assert.is(queue.isIdle, model.waiting.length + model.processing.length === 0);
    const times = model.processing.map(({ started }) => model.now - started);
    assert.equal(queue.unfinishedMs, times);
    for (const ms of [0, 10, 1_000]) {
      const due = model.delayed.filter(({ at }) => at <= model.now + ms).map(({ key }) => key);
      assert.equal([...queue.dueWithin(ms)].sort(), due.sort());
    }
    for (const key of KEYS) assert.is(queue.numRequeues(key), model.numRequeues(key));
    assert.is(ended.length > 0, model.isDown && model.processing.length === 0);
  },
});

const key = fc.constantFrom(...KEYS);
const delay = fc.constantFrom(-1, 0, 1, 5, 7, 50, 50, 1_000);

const commands = [
  key.map((k) => command(`add ${k}`, (model, { queue }) => [model, queue].forEach((each) => each.add(k)))),
  fc
    .tuple(key, delay)
    .map(([k, ms]) =>
      command(`add ${k} after ${ms}`, (model, { queue }) => [model, queue].forEach((each) => each.addAfter(k, ms))),
    ),
  key.map((k) =>
    command(`add ${k} after its back-off`, (model, { queue }) =>
      [model, queue].forEach((each) => each.addRateLimited(k)),
    ),
  ),
  key.map((k) =>
    command(`forget ${k}`, (model, { queue }) => {
      model.failures = model.failures.filter((failed) => failed !== k);
      queue.forget(k);
    }),
  ),
  key.map((k) => command(`done ${k}`, (model, { queue }) => [model, queue].forEach((each) => each.done(k)))),
  fc.constant(
    command('get', (model, { queue, handed }) => {
      model.workers += 1;
      model.handOut();
      void queue.get().then((work) => handed.push(work));
    }),
  ),
  fc.constantFrom(1, 4, 50, 40_000).map((ms) =>
    command(`${ms} ms go by`, (model, { clock }) => {
      model.advance(ms);
      clock.advance(ms);
    }),
  ),
];

const shutDown = command('shut down', (model, { queue, ended }) => {
  model.shutDown();
  void queue.shutDown().then(() => ended.push('ended'));
});

const agrees = (all: fc.Arbitrary<Command>[], numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.commands(all, { size: '+1', maxCommands: 120 }), (given) =>
      fc.asyncModelRun(() => {
        const clock = new ManualClock();
        const queue = new WorkQueue('test', clock, () => {});
        return { model: new NaiveQueue(), real: { queue, clock, handed: [], ended: [] } };
      }, given),
    ),
    { numRuns },
  );

const test = suite('the workqueue against a naive one');

test('hands out the same keys in the same order with the same times, and counts the same', () => agrees(commands, 400));

test('does so too when it is shut down in the midst of it', () => agrees([...commands, fc.constant(shutDown)], 200));

test.run();
