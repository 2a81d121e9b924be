import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PHASES } from '../../src/api/phase.ts';
import type { QueueEntry } from '../../src/api/ports/store.ts';
import { absent, present, unknown } from '../../src/api/seen.ts';
import type { ShardListing } from '../../src/api/observation.ts';
import { elapsedMs, remainingMs } from '../../src/api/time.ts';
import { planAdmission } from '../../src/machines/admission.ts';
import { backoffMs } from '../../src/machines/backoff.ts';
import { exitVerdict } from '../../src/machines/exit-verdict.ts';
import { place } from '../../src/machines/placement.ts';
import { canonicalJson, specHash } from '../../src/machines/spec-hash.ts';
import { cronEvery } from '../../src/controllers/resync.ts';
import { specOf } from '../helpers/decision-world.ts';

const test = suite('small decisions');

const entry = (name: string, more: Partial<QueueEntry> = {}): QueueEntry => ({
  uid: name,
  name,
  priority: 0,
  createdAt: 0,
  admittedAt: null,
  phase: 'Queued',
  suspend: false,
  deleting: false,
  heldByPreflight: false,
  waitsFor: [],
  ...more,
});

test('the larger priority is admitted first (failure 61), then the older, then by name', () => {
  const entries = [
    entry('young', { createdAt: 5 }),
    entry('b', { createdAt: 1 }),
    entry('a', { createdAt: 1 }),
    entry('urgent', { priority: 9, createdAt: 9 }),
  ];
  assert.equal(planAdmission(entries, 3).admit, ['urgent', 'a', 'b']);
});

test('no more are admitted than there are places, counting what is starting (I9)', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ phase: fc.constantFrom(...PHASES), admitted: fc.boolean(), priority: fc.integer() })),
      fc.nat(10),
      (found, room) => {
        const entries = found.map(({ phase, admitted, priority }, index) =>
          entry(`p${index}`, { phase, priority, admittedAt: admitted ? 1 : null }),
        );
        const { admit, release } = planAdmission(entries, room);
        const before = entries.filter((each) => each.admittedAt !== null).length;
        const queuedIn = admit.filter((uid) => entries.find((each) => each.uid === uid)?.phase === 'Queued').length;
        const after = before - release.length + admit.length;
        assert.ok(queuedIn === 0 || after <= room);
      },
    ),
  );
});

test('a Project that waits for a dependency, is suspended or being deleted takes no place', () => {
  const entries = [
    entry('waits', { waitsFor: [{ project: 'x', condition: 'Complete' }] }),
    entry('suspended', { suspend: true }),
    entry('leaving', { deleting: true }),
  ];
  assert.equal(planAdmission(entries, 5).admit, []);
});

test('a Project that is still being checked keeps its place in line; one whose checks failed is passed over', () => {
  const entries = [entry('checking', { priority: 9, phase: 'Pending' }), entry('ready')];
  assert.equal(planAdmission(entries, 1).admit, []);
  assert.equal(planAdmission(entries, 2).admit, ['ready']);
  const failing = [entry('failing', { priority: 9, phase: 'Pending', heldByPreflight: true }), entry('ready')];
  assert.equal(planAdmission(failing, 1).admit, ['ready']);
});

test('one whose check hangs keeps no place from its equals, however many hang (failure 64)', () => {
  const hanging = Array.from({ length: 20 }, (_, number) => entry(`hung-${number}`, { phase: 'Pending' }));
  assert.equal(planAdmission([...hanging, entry('ready')], 1).admit, ['ready']);
});

test('a finished Project gives its place back at once (failure 29), and a phantom holds none (failure 25)', () => {
  const entries = [
    entry('done', { phase: 'Completed', admittedAt: 1 }),
    entry('failed', { phase: 'Failed', admittedAt: 1 }),
    entry('next'),
  ];
  const plan = planAdmission(entries, 1);
  assert.equal(plan.release, ['done', 'failed']);
  assert.equal(plan.admit, ['next']);
});

test('a Project that holds no place and is being stopped takes up room until it is gone (I9)', () => {
  const ending = entry('ending', { phase: 'Terminating' });
  assert.equal(planAdmission([ending, entry('next')], 1), { admit: [], release: [] });
  assert.equal(planAdmission([{ ...ending, phase: 'Queued' }, entry('next')], 1).admit.length, 1);
});

test('a running Project that holds no place takes one even beyond the limit, and nothing is stopped for it', () => {
  const entries = [
    entry('adopted', { phase: 'Running' }),
    entry('holds', { phase: 'Running', admittedAt: 1 }),
    entry('next'),
  ];
  assert.equal(planAdmission(entries, 1), { admit: ['adopted'], release: [] });
});

test('the first restart is immediate, the second waits, and the wait doubles up to its maximum', () => {
  const backoff = { initialSeconds: 10, maxSeconds: 300, resetAfterSeconds: 600 };
  assert.equal(
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 2000].map((failures) => backoffMs(failures, backoff) / 1000),
    [0, 0, 10, 20, 40, 80, 160, 300, 300, 300],
  );
});

test('an exit code that nobody saw is no success', () => {
  assert.is(exitVerdict(null, [], 'OnFailure'), 'Restart');
  assert.is(exitVerdict(null, [], 'Never'), 'Fail');
  assert.is(exitVerdict(0, [], 'OnFailure'), 'Complete');
});

test('the spec hash is the same for the same meaning, and known for good (failure 69)', () => {
  const spec = specOf();
  assert.is(specHash('web', spec), 'v1-e1c0da63559f75d9');
});

test('canonical JSON does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      assert.is(canonicalJson(value), canonicalJson(reversed));
      assert.equal(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

const listing = (shard: number, sessions: ShardListing['sessions']): ShardListing => ({
  shard,
  socket: `/s.${shard}`,
  server: absent,
  sessions,
});
const full = present(
  Array.from({ length: 3 }, (_, index) => ({
    shard: 0,
    id: `$${index}`,
    name: `n${index}`,
    createdAt: 0,
    attached: 0,
    tags: null,
    claimed: false,
    panes: [],
  })),
);

test('a session goes to the first server with room, starts under way counted', () => {
  assert.is(place([listing(0, absent)], new Map(), 3), 0);
  assert.is(place([listing(0, full), listing(1, present([]))], new Map(), 3), 1);
  assert.is(place([listing(0, present([]))], new Map([[0, 3]]), 3), 1);
});

test('an Unknown server takes no new session, and when none answers there is no place', () => {
  assert.is(place([listing(0, unknown('?')), listing(1, present([]))], new Map(), 3), 1);
  assert.is(place([listing(0, unknown('?'))], new Map(), 3), null);
  assert.is(place([listing(0, unknown('?')), listing(1, full)], new Map(), 3), 2);
});

test('no clock jump makes a wait longer than it was, or a span negative', () => {
  const at = (wallMs: number, monotonicMs: number, bootId = 'a') => ({ wallMs, monotonicMs, bootId });
  const wait = { since: at(1_000_000, 500), forMs: 10_000 };
  assert.is(remainingMs(wait, at(0, 500)), 10_000);
  assert.is(remainingMs(wait, at(0, 600, 'b')), 9_400);
  assert.is(remainingMs(wait, at(9e12, 501)), 9_999);
  assert.is(elapsedMs(at(5, 5), at(0, 0, 'b')), 0);
});

test('an interval becomes the cron expression of the same or the next shorter even interval', () => {
  assert.equal([1, 7, 30, 45, 60, 300, 420, 3600, 7200, 86_400].map(cronEvery), [
    '*/1 * * * * *',
    '*/6 * * * * *',
    '*/30 * * * * *',
    '*/30 * * * * *',
    '0 */1 * * * *',
    '0 */5 * * * *',
    '0 */6 * * * *',
    '0 0 */1 * * *',
    '0 0 */2 * * *',
    '0 0 */12 * * *',
  ]);
});

test.run();
