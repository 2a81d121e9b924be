import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LOCK_PURPOSES } from '../../src/api/lock.ts';
import { lockPurpose, takeLock } from '../../src/controllers/project-lock.ts';
import { waitForLock } from '../../src/machines/project/wait-for-lock.ts';
import type { Trace } from '../../src/api/trace.ts';
import { DecisionWorld, specOf } from '../helpers/decision-world.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const test = suite('the lock of a Project');

const purpose = (world: DecisionWorld): string | null => lockPurpose(world.pass(), world.row);

/** A world whose Project runs. */
const running = (): DecisionWorld => {
  const world = new DecisionWorld(specOf({ preflight: { mode: 'Skip' } }));
  world.settle();
  return world;
};

test('every act has its purpose, and a pass that only records has none', () => {
  const world = new DecisionWorld(specOf({ preflight: { mode: 'Skip' } }));
  assert.is(purpose(world), 'start');
  world.settle();
  assert.is(purpose(world), null);

  world.command = { id: 'c', verb: 'reset', project: 'web', requestedAt: 1, acknowledgedAt: null, result: null };
  assert.is(purpose(world), 'reset');

  const deleted = running();
  deleted.row = { ...deleted.row, deletion: { requestedAt: 1, force: false } };
  assert.is(purpose(deleted), 'delete');

  const suspended = running();
  suspended.edit({ suspend: true });
  assert.is(purpose(suspended), 'stop');
});

test('a start under another name than the spec asks for is a rename', () => {
  const world = new DecisionWorld(specOf({ preflight: { mode: 'Skip' } }));
  const rival = { shard: 0, id: '$9', name: 'web', createdAt: 0, attached: 0, tags: null, claimed: false, panes: [] };
  world.others = [rival];
  assert.is(purpose(world), 'rename');
});

test('waiting for it is told once for each holder, and changes nothing else', () => {
  const world = running();
  const { conditions: _, ...before } = world.memory;
  const first = waitForLock(world.case(), 'stop waits for the lock, held by pid 1');
  assert.equal(
    first.events.map(({ type, reason, object }) => `${type} ${reason} ${object}`),
    ['Warning LockBusy Project/web'],
  );
  const { conditions, ...rest } = first.memory;
  assert.equal(rest, before);
  assert.is(conditions.find(({ type }) => type === 'Ready')?.reason, 'LockBusy');

  world.row = { ...world.row, memory: first.memory };
  const again = waitForLock(world.case(), 'stop waits for the lock, held by pid 1');
  assert.equal(again, { memory: first.memory, events: [] });
  assert.is(waitForLock(world.case(), 'stop waits for the lock, held by pid 2').events.length, 1);
  world.settle();
  assert.not(
    world.memory.conditions.some(({ reason }) => reason === 'LockBusy'),
    'nothing stale is kept',
  );
});

test('that it was busy and how long it was held is traced with the purpose', () => {
  const clock = new ManualClock();
  const traces: Trace[] = [];
  let free = true;
  const locks = {
    tryAcquire: () => (free ? { token: 1, release: () => {} } : null),
    list: () => [],
    holderOf: () => null,
  };
  const parts = { locks, clock, trace: (told: Trace) => void traces.push(told) };
  const lock = takeLock(parts, 'web', 'stop');
  clock.advance(40);
  lock?.release();
  free = false;
  assert.is(takeLock(parts, 'web', 'start'), null);
  const name = 'web';
  assert.equal(traces, [
    { trace: 'Lock', name, purpose: 'stop', change: 'released', heldMs: 40 },
    { trace: 'Lock', name, purpose: 'start', change: 'busy', heldMs: 0 },
  ]);
  assert.ok(new Set(LOCK_PURPOSES).size === LOCK_PURPOSES.length);
});

test.run();
