import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PHASES } from '../../src/api/phase.ts';
import type { QueueEntry } from '../../src/api/ports/store.ts';
import { concernsAdmission, planAdmission } from '../../src/machines/admission.ts';

const test = suite('who wakes a queue');

const phase = fc.constantFrom(...PHASES);

const entries: fc.Arbitrary<readonly QueueEntry[]> = fc
  .array(
    fc.record({
      priority: fc.integer({ min: 0, max: 2 }),
      admittedAt: fc.option(fc.constant(1)),
      phase,
      suspend: fc.boolean(),
      deleting: fc.boolean(),
      heldByPreflight: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) =>
    parts.map((part, index) => ({ ...part, uid: `u${index}`, name: `p${index}`, createdAt: index, waitsFor: [] })),
  );

test('a change of phase that wakes no queue lets nobody in and gives no place back (I9)', () => {
  let quiet = 0;
  fc.assert(
    fc.property(entries, phase, fc.nat({ max: 8 }), (before, to, room) => {
      const [changed, ...others] = before;
      if (changed === undefined || concernsAdmission(changed.admittedAt !== null, to)) return;
      quiet += 1;
      const was = planAdmission(before, room);
      const is = planAdmission([{ ...changed, phase: to }, ...others], room);
      for (const uid of is.admit) assert.ok(was.admit.includes(uid), `${uid} is let in`);
      for (const uid of is.release) assert.ok(was.release.includes(uid), `${uid} gives its place back`);
    }),
    { numRuns: 2000 },
  );
  assert.ok(quiet > 200, `only ${quiet} changes woke no queue`);
});

test.run();
