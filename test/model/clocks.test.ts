import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Memory } from '../../src/api/memory.ts';
import { elapsedMs, type Now, remainingMs, type Wait } from '../../src/api/time.ts';
import { backoffMs } from '../../src/machines/backoff.ts';
import { decide } from '../../src/machines/project/decide.ts';
import { DecisionWorld, specOf } from '../helpers/decision-world.ts';

const test = suite('waits, whatever the clocks do');

/** What happens to the clocks between two looks: time goes by, somebody sets the wall clock, the machine reboots. */
interface Tick {
  readonly ms: number;
  readonly jumpMs: number;
  readonly reboots: boolean;
}

const YEAR_MS = 365 * 86_400_000;
const tick: fc.Arbitrary<Tick> = fc.record({
  ms: fc.nat(400_000),
  jumpMs: fc.oneof(fc.constant(0), fc.integer({ min: -YEAR_MS, max: YEAR_MS })),
  reboots: fc.boolean(),
});

const START: Now = { wallMs: 1_800_000_000_000, monotonicMs: 1_000, bootId: 'boot-0' };

const after = (now: Now, { ms, jumpMs, reboots }: Tick): Now => ({
  wallMs: now.wallMs + ms + jumpMs,
  monotonicMs: reboots ? ms : now.monotonicMs + ms,
  bootId: reboots ? `${now.bootId}'` : now.bootId,
});

const momentsOf = (ticks: readonly Tick[]): readonly Now[] => {
  const moments = [START];
  for (const each of ticks) moments.push(after(moments.at(-1) ?? START, each));
  return moments;
};

const backoff = fc.record({
  initialSeconds: fc.double({ min: 0, max: 1e4, noNaN: true }),
  maxSeconds: fc.double({ min: 0, max: 1e4, noNaN: true }),
  resetAfterSeconds: fc.nat(10_000),
});

test('what is left of a wait is never more than the wait, and never less than nothing', () => {
  fc.assert(
    fc.property(fc.array(tick), fc.nat(1_000_000), (ticks, forMs) => {
      const wait: Wait = { since: START, forMs };
      for (const now of momentsOf(ticks)) {
        assert.ok(remainingMs(wait, now) <= forMs);
        assert.ok(remainingMs(wait, now) >= 0);
        assert.ok(elapsedMs(START, now) >= 0);
      }
    }),
  );
});

test('no wait outlasts its own length of running time: neither within a boot nor from the beginning of another', () => {
  fc.assert(
    fc.property(fc.array(tick, { minLength: 1 }), fc.nat(1_000_000), (ticks, forMs) => {
      const wait: Wait = { since: START, forMs };
      for (const now of momentsOf(ticks)) {
        const up = now.bootId === START.bootId ? now.monotonicMs - START.monotonicMs : now.monotonicMs;
        if (up >= forMs) assert.is(remainingMs(wait, now), 0);
      }
    }),
  );
});

test('within a boot the wall clock says nothing', () => {
  fc.assert(
    fc.property(fc.array(tick), (ticks) => {
      const steady = ticks.map((each) => ({ ...each, reboots: false }));
      const still = steady.map((each) => ({ ...each, jumpMs: 0 }));
      const spans = (given: readonly Tick[]) => momentsOf(given).map((now) => elapsedMs(START, now));
      assert.equal(spans(steady), spans(still));
    }),
  );
});

test('a back-off grows with the failures, up to its maximum, and the first restart is immediate', () => {
  fc.assert(
    fc.property(backoff, fc.nat(2_000), (spec, failures) => {
      const ms = backoffMs(failures, spec);
      assert.ok(ms >= 0 && ms <= spec.maxSeconds * 1000);
      assert.ok(backoffMs(failures + 1, spec) >= ms);
      if (failures <= 1) assert.is(ms, 0);
    }),
  );
});

const storedWaits = (memory: Memory): readonly Wait[] =>
  [memory.notBefore, ...Object.values(memory.sidecars).map(({ notBefore }) => notBefore)].filter(
    (wait) => wait !== null,
  );

/** A Project that fails again and again, of its own or not, while the clocks do what they like. */
const failing = (spec: Record<string, unknown>): DecisionWorld =>
  new DecisionWorld(
    specOf({
      restartPolicy: 'Always',
      exitPolicy: [{ exitCodes: [75], action: 'Ignore' }],
      session: {
        windows: [
          { name: 'main', command: 'work' },
          { name: 'side', command: 'watch' },
        ],
      },
      ...spec,
    }),
  );

test('no stored wait is longer than the maximum of the spec, and a look is due when it ends (I8)', () => {
  const seconds = fc.integer({ min: 0, max: 300 });
  const life = fc.record({ tick, window: fc.constantFrom('main', 'side'), code: fc.constantFrom(1, 75, null) });
  fc.assert(
    fc.property(seconds, seconds, fc.array(life, { maxLength: 12 }), (initialSeconds, maxSeconds, lives) => {
      const world = failing({ backoff: { initialSeconds, maxSeconds, resetAfterSeconds: 100_000 } });
      for (const { tick: each, window, code } of lives) {
        for (let passes = 0; passes < 4; passes += 1) {
          const { memory, requeueAfterMs } = world.pass();
          for (const wait of storedWaits(memory)) {
            assert.ok(wait.forMs <= maxSeconds * 1000, `${wait.forMs} ms, the maximum is ${maxSeconds} s`);
            const left = remainingMs(wait, world.now);
            if (left > 0) assert.ok(requeueAfterMs !== null && requeueAfterMs <= Math.max(1, left));
          }
        }
        if (world.runs[window]?.alive) world.exit(window, code);
        if (each.reboots) world.reboots();
        world.now = { ...world.now, wallMs: world.now.wallMs + each.jumpMs };
        world.advance(each.ms);
      }
    }),
    { numRuns: 300 },
  );
});

test('running time that is counted is never more than has gone by, whatever the wall clock says', () => {
  fc.assert(
    fc.property(fc.array(tick, { maxLength: 20 }), (ticks) => {
      const world = new DecisionWorld(specOf({ activeDeadlineSeconds: 3_600 })).settle();
      let gone = 0;
      for (const { ms, jumpMs } of ticks) {
        world.now = { ...world.now, wallMs: world.now.wallMs + jumpMs };
        world.advance(ms);
        gone += ms;
        const { memory } = decide(world.case());
        assert.is(memory.phase, gone >= 3_600_000 ? 'Failed' : 'Running');
      }
    }),
  );
});

test.run();
