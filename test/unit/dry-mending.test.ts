import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActionKind } from '../../src/api/action.ts';
import { DecisionWorld, specOf } from '../helpers/decision-world.ts';

const test = suite('decisions while mending is off');

const running = (spec: object = {}): DecisionWorld => {
  const world = new DecisionWorld(specOf({ preflight: { mode: 'Skip' }, ...spec })).settle();
  assert.is(world.phase, 'Running');
  world.mending = false;
  return world;
};

const kinds = (world: DecisionWorld): readonly ActionKind[] => world.plan.actions.map(({ kind }) => kind);
const spoil = (world: DecisionWorld, change: object): void => {
  world.attempts = world.attempts.map((attempt) => ({ ...attempt, ...change }));
};

test('starts, restarts and stops go on', () => {
  const world = new DecisionWorld(specOf({ preflight: { mode: 'Skip' } }));
  world.mending = false;
  world.settle();
  assert.equal([world.phase, world.events.includes('Started')], ['Running', true]);
  world.exit('main', 1);
  world.settle();
  assert.equal([world.phase, world.memory.restarts], ['Running', 1]);
  world.edit({ suspend: true });
  world.settle();
  assert.is(world.phase, 'Suspended');
});

test('a row that has lost its session’s name is left so, its state file keeps it, and restarts go on', () => {
  const world = running();
  spoil(world, { sessionName: null });
  const { length } = world.plans;
  world.settle();
  assert.is(world.attempts[0]?.sessionName, null);
  assert.not(world.plans.slice(length).some(({ actions }) => actions.some(({ kind }) => kind === 'RecordState')));
  world.exit('main', 1);
  world.settle();
  assert.equal([world.phase, world.memory.restarts, world.attempts[0]?.sessionName], ['Running', 1, null]);
  world.mending = true;
  world.settle();
  assert.is(world.attempts[0]?.sessionName, 'web');
});

test('a session that was found alive is not adopted, nothing is started beside it, and it is said once', () => {
  const world = running();
  spoil(world, { endedAt: 1, cause: 'SessionVanished' });
  world.settle().settle();
  assert.equal(
    [world.memory.reason, world.memory.message],
    ['StateSyncDryRun', 'would adopt the session that was found alive'],
  );
  assert.is(world.events.filter((reason) => reason === 'StateSyncDryRun').length, 1);
  assert.equal(kinds(world), []);
  world.mending = true;
  world.settle();
  assert.equal([world.phase, world.memory.reason], ['Running', 'Running']);
});

test('the state file of an earlier Project of that name is left where it is (failure 3)', () => {
  const world = running();
  if (world.stateFile.seen !== 'Present') throw new Error('nothing was recorded');
  world.stateFile = { seen: 'Present', value: { ...world.stateFile.value, uid: 'uid-before' } };
  world.pass();
  assert.equal(kinds(world), []);
  world.mending = true;
  world.pass();
  assert.equal(kinds(world), ['RecordState']);
});

test('a finished Project’s manifest is not archived, and its reason stays', () => {
  const world = running({ ttlSecondsAfterFinished: 1 });
  world.exit('main', 0);
  world.settle();
  world.advance(2_000);
  world.settle();
  assert.equal([world.phase, world.memory.reason, world.archived], ['Completed', 'Completed', false]);
  world.mending = true;
  world.pass();
  assert.ok(world.archived);
});

test.run();
