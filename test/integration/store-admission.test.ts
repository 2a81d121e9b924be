import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Phase } from '../../src/api/phase.ts';
import { newMemory } from '../../src/api/memory.ts';
import type { Store } from '../../src/api/ports/store.ts';
import { copyStore } from '../../src/store/store.ts';
import { addProject, attemptOf, manifestOf } from '../helpers/store.ts';

const test = suite<{ store: Store }>('what admission reads');

test.before.each((context) => {
  context.store = copyStore(null);
});
test.after.each(({ store }) => store.close());

test('an entry tells all that admission weighs, queue by queue', ({ store }) => {
  const uid = addProject(store, manifestOf('web', { queue: 'slow', priority: 7, suspend: true }), { at: 9 });
  addProject(store, manifestOf('other'));
  store.transaction((writes) => {
    writes.setAdmitted(uid, 11);
    writes.setDeletion(uid, { requestedAt: 12, force: false });
  });
  assert.equal(store.queueEntries('slow'), [
    {
      uid,
      name: 'web',
      priority: 7,
      createdAt: 9,
      admittedAt: 11,
      phase: 'Pending',
      suspend: true,
      deleting: true,
      heldByPreflight: false,
      waitsFor: [],
    },
  ]);
});

test('an entry waits for the dependencies that are not yet recorded as satisfied', ({ store }) => {
  const dependsOn = [{ project: 'db' }, { project: 'api', condition: 'Running' }, { project: 'db' }];
  const uid = addProject(store, manifestOf('web', { dependsOn }));
  const waitsFor = (): unknown => store.queueEntries('default')[0]?.waitsFor;
  assert.equal(waitsFor(), [
    { project: 'api', condition: 'Running' },
    { project: 'db', condition: 'Complete' },
  ]);
  store.transaction((writes) => writes.setMemory(uid, 1, { ...newMemory, satisfied: ['db/Complete'] }));
  assert.equal(waitsFor(), [{ project: 'api', condition: 'Running' }]);
  store.transaction((writes) => writes.updateManifest(uid, manifestOf('web', { dependsOn: [{ project: 'db' }] }), 'f'));
  assert.equal(waitsFor(), [], 'once satisfied stays satisfied, whatever else changes');
});

test('who is moved to another queue takes no place along, unless something of him runs (I9)', ({ store }) => {
  const moved = (phase: Phase): number | null | undefined => {
    const uid = addProject(store, manifestOf(phase.toLowerCase()));
    store.transaction((writes) => {
      writes.setMemory(uid, store.project(uid)?.resourceVersion ?? 0, { ...newMemory, phase });
      writes.setAdmitted(uid, 11);
      writes.updateManifest(uid, manifestOf(phase.toLowerCase(), { queue: 'slow' }), 'f');
    });
    return store.project(uid)?.admittedAt;
  };
  assert.is(moved('Queued'), null);
  assert.is(moved('Running'), 11);
});

test('dependents are found by the name they depend on', ({ store }) => {
  addProject(store, manifestOf('db'));
  const [web, job] = ['web', 'job'].map((name) =>
    addProject(store, manifestOf(name, { dependsOn: [{ project: 'db' }] })),
  );
  assert.equal(store.dependents('db'), [job, web]);
  assert.equal(store.dependents('web'), []);
});

test('Projects are counted by phase and queue', ({ store }) => {
  const add = (name: string, phase: Phase, queue: string): string =>
    addProject(store, manifestOf(name, { queue }), { memory: { phase } });
  const first = add('a', 'Starting', 'default');
  add('b', 'Starting', 'default');
  add('c', 'Running', 'default');
  add('d', 'Running', 'slow');
  assert.equal(
    store.phaseCounts().toSorted((x, y) => `${x.phase}/${x.queue}`.localeCompare(`${y.phase}/${y.queue}`)),
    [
      { phase: 'Running', queue: 'default', projects: 1 },
      { phase: 'Running', queue: 'slow', projects: 1 },
      { phase: 'Starting', queue: 'default', projects: 2 },
    ],
  );
  assert.is(store.startingBeside(first), 1);
  assert.is(store.startingBeside('nobody'), 2);
});

test('queues are replaced as a whole, and written only where they differ (I7)', ({ store }) => {
  const put = (...queues: readonly { name: string; maxConcurrent: number }[]): void =>
    store.transaction((writes) => writes.setQueues(queues));
  put({ name: 'default', maxConcurrent: 20 }, { name: 'slow', maxConcurrent: 1 });
  put({ name: 'default', maxConcurrent: 5 });
  assert.equal(store.queues(), [{ name: 'default', maxConcurrent: 5 }]);
  const before = store.version();
  put({ name: 'default', maxConcurrent: 5 });
  assert.is(store.version(), before);
});

test('starts that nobody has seen yet are counted by shard', ({ store }) => {
  const uid = addProject(store, manifestOf('web'));
  const begin = (attempt: number, given: object): void =>
    store.transaction((writes) => writes.applyAttempt(uid, { begin: attemptOf(uid, attempt, given) }));
  begin(1, { shard: 0, endedAt: 5, cause: 'Exited' });
  begin(2, { shard: 0, startedAt: 5 });
  begin(3, { shard: 1 });
  begin(4, { shard: 1 });
  assert.equal([...store.openingByShard()], [[1, 2]]);
});

test.run();
