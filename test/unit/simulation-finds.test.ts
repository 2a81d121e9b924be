import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DecisionWorld, specOf } from '../helpers/decision-world.ts';

/** What the simulation has found in decisions, one test a find; docs/simulation.md tells how. */
const test = suite('finds of the simulation');

const running = (spec: Record<string, unknown> = {}): DecisionWorld => new DecisionWorld(specOf(spec)).settle();
const withSidecar = {
  windows: [
    { name: 'main', command: 'work' },
    { name: 'side', command: 'watch' },
  ],
};

test('a finished Project whose other window takes its time to end is not looked at again and again at once (I8)', () => {
  const world = running({ session: withSidecar });
  world.inert.add('InterruptSession');
  world.exit('main', 0);
  world.settle();
  assert.is(world.phase, 'Completed');
  world.advance(5_000);
  const { requeueAfterMs } = world.pass();
  assert.ok(requeueAfterMs !== null && requeueAfterMs >= 100, `it is looked at again after ${requeueAfterMs} ms`);
});

test('a finished Project that is kept to be looked at is not looked at in a hot loop, its time to live over (I8)', () => {
  const world = running({ sessionRetentionSeconds: 3_600, ttlSecondsAfterFinished: 10 });
  world.exit('main', 0);
  world.settle();
  world.advance(60_000);
  const { requeueAfterMs } = world.settle().plan;
  assert.is(requeueAfterMs, 3_540_000);
});

test('a run of an attempt that is not on record is not recorded, for that could never succeed', () => {
  const world = running();
  world.exit('main', 1);
  world.vanish();
  // The database is lost; the state file brings the memory back, and nothing else does.
  world.attempts = [];
  world.stored = [];
  const plan = world.pass();
  assert.equal(
    plan.actions.filter(({ kind }) => kind === 'RecordRun'),
    [],
  );
});

test('a manifest that cannot be read is not said to be archived, again and again', () => {
  const world = running({ ttlSecondsAfterFinished: 10 });
  world.exit('main', 0);
  world.settle();
  world.row = { ...world.row, manifestError: '/manifests/web.json:3:1: torn' };
  world.advance(11_000);
  const { actions, events, requeueAfterMs } = world.pass();
  assert.equal([actions, events, requeueAfterMs], [[], [], null]);
  world.row = { ...world.row, manifestError: null };
  assert.equal(
    world.pass().actions.map(({ kind }) => kind),
    ['ArchiveManifest'],
  );
});

test('a primary that lives and whose wrapper never told of itself is taken to run, and its end is seen (I12)', () => {
  const world = new DecisionWorld(specOf());
  while (!world.pass().actions.some(({ kind }) => kind === 'StartSession'));
  const { main } = world.runs;
  assert.ok(main);
  // Its journal is torn.
  world.runs = { main: { ...main, wrapper: null, command: null } };
  assert.is(world.settle().phase, 'Starting');
  world.advance(9_990);
  const { phase, plan } = world.settle();
  assert.equal([phase, plan.requeueAfterMs], ['Starting', 10]);
  world.advance(10);
  assert.is(world.settle().phase, 'Running');
  world.advance(1_000);
  const { rule, requeueAfterMs } = world.settle().plan;
  assert.equal([rule, requeueAfterMs], ['all is as it should be', null]);
  world.exit('main', null);
  world.settle();
  assert.equal([world.memory.failures, world.events.includes('PrimaryExited')], [1, true]);
});

test('a primary that was seen running is not said to start when its journal is torn (I12)', () => {
  const world = running();
  const { main } = world.runs;
  assert.ok(main);
  world.runs = { main: { ...main, wrapper: null, command: null } };
  assert.is(world.settle().phase, 'Running');
});

test('a primary that a session made by half lacks has not failed: it is begun after a while (I11)', () => {
  const world = new DecisionWorld(specOf({ session: withSidecar, restartPolicy: 'Never' }));
  while (!world.pass().actions.some(({ kind }) => kind === 'StartSession'));
  const { session, runs } = world;
  const { main } = runs;
  assert.ok(session && main);
  session.panes = session.panes.filter(({ windowName }) => windowName !== 'main');
  world.runs = { ...runs, main: { ...main, wrapper: null, command: null, alive: false } };
  world.settle();
  assert.equal([world.phase, world.memory.failures], ['BackingOff', 0]);
  world.advance(60_000);
  assert.is(world.settle().phase, 'Running');
});

test('a Project without a session has no good run, whatever began one: it waits for its place (I9)', () => {
  const world = running();
  world.exit('main', 1);
  const { runs } = world;
  assert.equal([world.settle().phase, world.memory.failures], ['Running', 1]);
  // The journal of the second run is torn, so that only the first one is known, whose end has been counted.
  world.runs = runs;
  world.session = null;
  world.row = { ...world.row, admittedAt: null };
  assert.is(world.settle().phase, 'Queued');
  world.advance(3_600_000);
  assert.equal([world.settle().phase, world.memory.runningSince], ['Queued', null]);
});

test.run();
