import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { elapsedMs, remainingMs } from '../../src/api/time.ts';

const test = suite('no Project is stuck, and none spins');

test('a wait from before a reboot ends, although the wall clock has been set back', () => {
  const since = { wallMs: 1_800_000_000_000, monotonicMs: 500_000, bootId: 'boot-1' };
  const now = (monotonicMs: number) => ({ wallMs: 1_000_000, monotonicMs, bootId: 'boot-2' });
  assert.is(elapsedMs(since, now(7_000)), 7_000);
  assert.is(remainingMs({ since, forMs: 10_000 }, now(4_000)), 6_000);
  assert.is(remainingMs({ since, forMs: 10_000 }, now(12_000)), 0);
});

test.run();
