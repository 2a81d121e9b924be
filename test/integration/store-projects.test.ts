import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newMemory } from '../../src/api/memory.ts';
import { type Store, StoreConflict } from '../../src/api/ports/store.ts';
import { copyStore } from '../../src/store/store.ts';
import { addProject, manifestOf } from '../helpers/store.ts';

const test = suite<{ store: Store }>("a Project's row");

test.before.each((context) => {
  context.store = copyStore(null);
});
test.after.each(({ store }) => store.close());

const FILE = '/manifests/web.json';
const moment = (wallMs: number) => ({ wallMs, monotonicMs: wallMs, bootId: 'boot' });

/** Does the work, and says whether it changed anything in the database. */
const changes = (store: Store, work: Parameters<Store['transaction']>[0]): boolean => {
  const before = store.version();
  store.transaction(work);
  return store.version() !== before;
};

test('what was created is read back whole', ({ store }) => {
  const manifest = manifestOf('web', { priority: 3 }, { labels: { team: 'a' }, annotations: { note: 'b' } });
  const uid = addProject(store, manifest, { at: 7 });
  assert.equal(store.project(uid), {
    uid,
    name: 'web',
    labels: { team: 'a' },
    annotations: { note: 'b' },
    generation: 1,
    resourceVersion: 1,
    spec: manifest.spec,
    file: FILE,
    manifestError: null,
    createdAt: 7,
    deletion: null,
    admittedAt: null,
    memory: newMemory,
  });
  assert.equal(store.projectByName('web'), store.project(uid));
  assert.is(store.project('nobody'), null);
  assert.is(store.projectByName('nobody'), null);
});

test('a name belongs to one Project', ({ store }) => {
  addProject(store, manifestOf('web'));
  assert.throws(
    () =>
      store.transaction((writes) =>
        writes.createProject(manifestOf('web'), FILE, { uid: 'other', memory: newMemory, at: 1 }),
      ),
    (error: unknown) => error instanceof StoreConflict,
  );
  assert.is(store.projects().length, 1);
});

test('Projects are listed by name', ({ store }) => {
  for (const name of ['b', 'c', 'a']) addProject(store, manifestOf(name));
  assert.equal(
    store.projects().map((row) => row.name),
    ['a', 'b', 'c'],
  );
});

test('a changed spec is a new generation, changed labels are not', ({ store }) => {
  const uid = addProject(store, manifestOf('web'));
  store.transaction((writes) => writes.updateManifest(uid, manifestOf('web', {}, { labels: { team: 'b' } }), FILE));
  assert.is(store.project(uid)?.generation, 1);
  assert.equal(store.project(uid)?.labels, { team: 'b' });
  store.transaction((writes) => writes.updateManifest(uid, manifestOf('web', { queue: 'slow' }), FILE));
  assert.is(store.project(uid)?.generation, 2);
  assert.is(store.project(uid)?.spec.queue, 'slow');
});

test('a manifest that says the same writes nothing, whatever the order of its keys (I7)', ({ store }) => {
  const env = { A: '1', B: '2' };
  const session = { windows: [{ name: 'main', command: 'true', env }] };
  const uid = addProject(store, manifestOf('web', { session }, { labels: { x: '1', y: '2' } }));
  const turned = { windows: [{ env: { B: '2', A: '1' }, command: 'true', name: 'main' }] };
  const again = manifestOf('web', { session: turned }, { labels: { y: '2', x: '1' } });
  assert.not(changes(store, (writes) => writes.updateManifest(uid, again, FILE)));
});

test('a manifest of a Project that is gone is a conflict', ({ store }) => {
  assert.throws(
    () => store.transaction((writes) => writes.updateManifest('gone', manifestOf('web'), FILE)),
    (error: unknown) => error instanceof StoreConflict,
  );
});

test('setting what is set already writes nothing (I7)', ({ store }) => {
  const uid = addProject(store, manifestOf('web'));
  const deletion = { requestedAt: 5, force: false };
  const { memory } = store.project(uid) ?? { memory: newMemory };
  store.transaction((writes) => {
    writes.setManifestError(uid, 'web.json:1:1: broken');
    writes.setDeletion(uid, deletion);
    writes.setAdmitted(uid, 6);
  });
  const row = store.project(uid);
  assert.equal([row?.manifestError, row?.deletion, row?.admittedAt], ['web.json:1:1: broken', deletion, 6]);
  assert.not(
    changes(store, (writes) => {
      writes.setManifestError(uid, 'web.json:1:1: broken');
      writes.setDeletion(uid, deletion);
      writes.setAdmitted(uid, 6);
      writes.setMemory(uid, row?.resourceVersion ?? 0, { ...memory });
    }),
  );
});

test('a deletion, a place and an error can be taken back', ({ store }) => {
  const uid = addProject(store, manifestOf('web'));
  store.transaction((writes) => {
    writes.setManifestError(uid, 'broken');
    writes.setDeletion(uid, { requestedAt: 5, force: true });
    writes.setAdmitted(uid, 6);
  });
  store.transaction((writes) => {
    writes.setManifestError(uid, null);
    writes.setDeletion(uid, null);
    writes.setAdmitted(uid, null);
  });
  const row = store.project(uid);
  assert.equal([row?.manifestError, row?.deletion, row?.admittedAt], [null, null, null]);
});

test('all of a memory is kept', ({ store }) => {
  const uid = addProject(store, manifestOf('web'));
  const memory = {
    ...newMemory,
    phase: 'BackingOff' as const,
    attempt: 3,
    notBefore: { since: moment(5), forMs: 10 },
    startingSince: moment(6),
    stop: { cause: 'Suspended' as const, rung: 'Terminate' as const, since: moment(7) },
    sidecars: { log: { failures: 2, notBefore: null, countedRun: '3/41' } },
    satisfied: ['db/Complete'],
    primary: 'main',
    conditions: [
      {
        type: 'Ready' as const,
        status: 'False' as const,
        reason: 'BackingOff',
        message: 'waits',
        lastTransitionTime: '2026-01-01T00:00:00Z',
        observedGeneration: 1,
      },
    ],
  };
  store.transaction((writes) => writes.setMemory(uid, 1, memory));
  assert.equal(store.project(uid)?.memory, memory);
});

test('a memory decided on an old row is refused: the writer looks again (failures 33, 59)', ({ store }) => {
  const uid = addProject(store, manifestOf('web'));
  const seen = store.project(uid)?.resourceVersion ?? 0;
  store.transaction((writes) => writes.setAdmitted(uid, 5));
  assert.throws(
    () =>
      store.transaction((writes) => {
        writes.recordEvent({ type: 'Normal', reason: 'Completed', message: 'done', object: 'Project/web' }, 1);
        writes.setMemory(uid, seen, { ...newMemory, phase: 'Completed' });
      }),
    (error: unknown) => error instanceof StoreConflict,
  );
  assert.is(store.project(uid)?.memory.phase, 'Pending');
  assert.equal(store.events(), [], 'the rest of the transaction is undone with it');
  assert.throws(
    () => store.transaction((writes) => writes.setMemory(uid, seen, newMemory)),
    (error: unknown) => error instanceof StoreConflict,
    'though it would have changed nothing',
  );
});

test('resource versions come from one counter and only grow', ({ store }) => {
  const [a, b] = [addProject(store, manifestOf('a')), addProject(store, manifestOf('b'))];
  const versions = (): unknown => [store.project(a)?.resourceVersion, store.project(b)?.resourceVersion];
  assert.equal(versions(), [1, 2]);
  store.transaction((writes) => writes.setAdmitted(a, 5));
  assert.equal(versions(), [3, 2]);
  store.transaction((writes) => writes.setMemory(b, 2, { ...newMemory, failures: 1 }));
  assert.equal(versions(), [3, 4]);
});

test('a forgotten Project leaves its events and nothing else', ({ store }) => {
  const uid = addProject(store, manifestOf('web', { dependsOn: [{ project: 'db' }] }));
  store.transaction((writes) => {
    writes.putPreflight(uid, { generation: 1, at: 1, checks: [] });
    writes.recordEvent({ type: 'Normal', reason: 'Deleted', message: 'gone', object: 'Project/web' }, 1);
    writes.addCommand({ id: 'c', verb: 'restart', project: 'web', requestedAt: 1 });
    writes.forgetProject(uid);
  });
  assert.equal(
    [store.projects().length, store.preflight(uid), store.dependents('db').length, store.command('c')],
    [0, null, 0, null],
  );
  assert.is(store.events().length, 1);
});

test('what readers are given cannot be changed under the next one', ({ store }) => {
  const uid = addProject(store, manifestOf('web'));
  assert.throws(() => Object.assign(store.project(uid)?.spec ?? {}, { queue: 'other' }), /read only/);
});

test('a transaction whose work throws leaves nothing behind (failure 5)', ({ store }) => {
  assert.throws(
    () =>
      store.transaction((writes) => {
        writes.setSetting('a', 'b');
        throw new Error('the work failed');
      }),
    /the work failed/,
  );
  assert.is(store.setting('a'), null);
});

test.run();
