/** In place of a worker, for the tests: what becomes of a run says its seed. */
import type { Schedule } from '../schedule.ts';

process.on('message', ({ seed }: Schedule) => {
  if (seed === 1) setTimeout(answer, 100, seed);
  else if (seed === 2) throw new Error('the second one ends its process');
  else if (seed === 3) setInterval(() => {}, 1_000);
  else answer(seed);
});

const answer = (seed: number): void =>
  void process.send?.({ violation: null, step: seed, last: [], digest: '', tick: process.pid });
