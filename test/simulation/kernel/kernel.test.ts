import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Kernel } from './kernel.ts';
import { Dead, Life } from './life.ts';
import { randomOf } from './random.ts';
import { Weather } from './weather.ts';

const newLife = (faults: Record<string, number> = {}) => {
  const kernel = new Kernel();
  const weather = new Weather(1, () => kernel.tick);
  weather.add({ points: 'toy.', faults, untilTick: Number.POSITIVE_INFINITY });
  const deaths: number[] = [];
  const life = new Life({ pid: 7, kernel, weather, died: () => deaths.push(kernel.tick) });
  return { kernel, weather, life, deaths };
};

/** How a promise ended within a minute of virtual time. */
const outcomeOf = async (kernel: Kernel, promise: Promise<unknown>): Promise<string> => {
  let outcome = 'pending';
  promise.then(
    (value) => (outcome = `resolved ${String(value)} at ${kernel.tick}`),
    (error: Error) => (outcome = `rejected ${error.message}`),
  );
  await kernel.run(60_000);
  return outcome.replace(/ at \d+$/, '');
};

const time = suite('virtual time');

time('fires what is due in order of time and then of asking', async () => {
  const kernel = new Kernel();
  const fired: string[] = [];
  for (const [ms, name] of [
    [5, 'c'],
    [1, 'a'],
    [5, 'd'],
    [2.5, 'b'],
    [500, 'late'],
  ] as const) {
    kernel.after(ms, () => fired.push(`${name}@${kernel.tick}`));
  }
  kernel.after(4, () => fired.push('cancelled'))();
  await kernel.run(100);
  assert.equal(fired, ['a@1', 'b@3', 'c@5', 'd@5']);
  assert.is(kernel.tick, 100);
});

time('lets promises run to their next wait before the next timer', async () => {
  const kernel = new Kernel();
  const seen: string[] = [];
  const promises = async (): Promise<void> => {
    for (let round = 0; round < 50; round += 1) await Promise.resolve();
    seen.push('promises');
  };
  kernel.after(1, () => void promises());
  kernel.after(1, () => seen.push('next timer'));
  await kernel.run(1);
  assert.equal(seen, ['promises', 'next timer']);
});

time('has a wall clock that jumps, and a monotonic one that does not', async () => {
  const kernel = new Kernel();
  const before = kernel.now();
  await kernel.run(10);
  kernel.jumpWall(-3_600_000);
  assert.is(kernel.now().wallMs, before.wallMs + 10 - 3_600_000);
  const { monotonicMs } = kernel.now();
  assert.is(Math.floor(monotonicMs), Math.floor(before.monotonicMs) + 10);
  assert.ok(kernel.now().monotonicMs > monotonicMs, 'no two looks show the same');
  kernel.reboot();
  assert.is(Math.floor(kernel.now().monotonicMs), 0);
  assert.is.not(kernel.now().bootId, before.bootId);
});

const lives = suite('a life');

lives('without bad weather gets what it asked for', async () => {
  const { kernel, life } = newLife();
  assert.is(await outcomeOf(kernel, life.call('toy.get', { effect: () => 42 })), 'resolved 42');
  assert.is(life.instant('toy.now', { effect: () => 43 }), 43);
});

lives('is told of a failure before the effect, and after it', async () => {
  for (const [fault, effects] of [
    ['failsBefore', 0],
    ['failsAfter', 1],
  ] as const) {
    const { kernel, life } = newLife({ [fault]: 1 });
    let done = 0;
    const call = life.call('toy.do', { effect: () => (done += 1), fails: [() => new Error('no')] });
    assert.is(await outcomeOf(kernel, call), 'rejected no');
    assert.is(done, effects);
  }
});

lives('waits for what hangs until the deadline, or for ever', async () => {
  const first = newLife({ hangs: 1 });
  const late = first.life.call('toy.do', { effect: () => 1, deadlineMs: 5_000, timedOut: () => new Error('late') });
  assert.is(await outcomeOf(first.kernel, late), 'rejected late');
  const second = newLife({ hangs: 1 });
  assert.is(await outcomeOf(second.kernel, second.life.call('toy.do', { effect: () => 1 })), 'pending');
});

lives('is told late what it saw early', async () => {
  const { kernel, life } = newLife({ stale: 1 });
  let truth = 'old';
  kernel.after(1, () => (truth = 'new'));
  assert.is(await outcomeOf(kernel, life.call('toy.get', { effect: () => truth, reads: true })), 'resolved old');
});

lives('has no effect, no timer and no reply after its end', async () => {
  const { kernel, life, deaths } = newLife();
  let effects = 0;
  const call = life.call('toy.do', { effect: () => (effects += 1) });
  life.clock.after(5, () => (effects += 1));
  life.end();
  life.end();
  assert.is(await outcomeOf(kernel, call), 'pending');
  assert.is(effects, 0);
  assert.equal(deaths, [0]);
  assert.throws(
    () => life.instant('toy.now', { effect: () => (effects += 1) }),
    (error: unknown) => error instanceof Dead,
  );
});

lives('can end before an effect, and between an effect and its reply', async () => {
  for (const [moments, effects] of [
    [0, 0],
    [1, 1],
  ] as const) {
    const { kernel, life } = newLife();
    let done = 0;
    life.endAfter(moments);
    assert.is(await outcomeOf(kernel, life.call('toy.do', { effect: () => (done += 1) })), 'pending');
    assert.is(done, effects);
    assert.not(life.isAlive);
  }
});

lives('notices nothing while it is frozen, and all of it afterwards', async () => {
  const { kernel, life } = newLife();
  const seen: string[] = [];
  void life
    .call('toy.do', { effect: () => seen.push(`effect ${kernel.tick < 10}`) })
    .then(() => seen.push(`${kernel.tick}`));
  life.clock.after(5, () => seen.push(`timer ${kernel.tick}`));
  life.freeze(1_000);
  await kernel.run(2_000);
  assert.equal(seen.toSorted(), ['1000', 'effect true', 'timer 1000']);
});

const streams = suite('random streams');

streams('are the same for the same seed and name, and no two names are alike', () => {
  const draw = (seed: number, name: string) => {
    const random = randomOf(seed, name);
    return Array.from({ length: 20 }, () => random.int(0, 1_000_000));
  };
  assert.equal(draw(1, 'a'), draw(1, 'a'));
  assert.not.equal(draw(1, 'a'), draw(1, 'b'));
  assert.not.equal(draw(1, 'a'), draw(2, 'a'));
});

for (const each of [time, lives, streams]) each.run();
