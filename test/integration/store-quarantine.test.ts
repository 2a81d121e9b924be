import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Store, Unreadable } from '../../src/api/ports/store.ts';
import { openStore } from '../../src/store/store.ts';
import { caseOf } from '../../src/controllers/case.ts';
import { absent } from '../../src/api/seen.ts';
import type { Observation } from '../../src/api/observation.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { addProject, attemptOf, manifestOf, tamper } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite<{ path: string; store: Store; close: () => void }>('an odd row');

test.before.each((context) => {
  const { path: folder, remove } = temporaryFolder();
  const path = join(folder, 'tmuxlet.db');
  const store = openStore(path, { now: () => 1000 });
  for (const name of ['bad', 'good']) addProject(store, manifestOf(name, { dependsOn: [{ project: 'db' }] }));
  const close = (): void => {
    store.close();
    remove();
  };
  Object.assign(context, { path, store, close });
});
test.after.each(({ close }) => close());

const ODD: Readonly<Record<string, string>> = {
  "spec = '{'": 'spec: ',
  "spec = 'null'": 'spec: ',
  "spec = json_remove(spec, '$.session')": 'spec: session: ',
  "spec = json_set(spec, '$.restartPolicy', 'Sometimes')": 'spec: restartPolicy: ',
  "memory = ''": 'memory: ',
  "memory = '{}'": 'memory: attempt: ',
  "memory = json_set(memory, '$.attempt', 'three')": 'memory: attempt: ',
  "memory = json_set(memory, '$.stop', json('{}'))": 'memory: stop.cause: ',
  "satisfied = '{'": 'satisfied: ',
  "phase = 'processing'": 'phase: "processing" is no phase',
  "labels = '[1]'": 'labels: ',
  "annotations = json_object('a', 1)": 'annotations: a: ',
};

for (const [assignment, problem] of Object.entries(ODD)) {
  test(`with ${assignment} is left out and named, and the others are as they were (failure 7)`, ({ path, store }) => {
    const good = store.projectByName('good');
    tamper(path, `UPDATE projects SET ${assignment} WHERE name = 'bad'`);
    assert.equal(store.projects(), [good]);
    const [odd, ...more] = store.quarantined();
    assert.equal([odd?.uid, odd?.name, more.length], ['uid-bad', 'bad', 0]);
    assert.match(odd?.error ?? '', `the row of Project bad cannot be read: ${problem}`);
  });
}

test('is not absent: whoever asks for it by name or uid is told so (failure 16)', ({ path, store }) => {
  tamper(path, "UPDATE projects SET spec = '{' WHERE name = 'bad'");
  for (const ask of [() => store.project('uid-bad'), () => store.projectByName('bad')]) {
    assert.throws(ask, (error: unknown) => error instanceof Unreadable);
  }
});

test('keeps its place in the queue: its session may be alive (I9)', ({ path, store }) => {
  tamper(path, "UPDATE projects SET phase = 'processing', satisfied = '{', memory = '' WHERE name = 'bad'");
  const [bad, good] = store.queueEntries('default');
  assert.equal([bad?.phase, bad?.waitsFor.length, good?.phase], ['Running', 1, 'Pending']);
  assert.equal(store.phaseCounts(), [{ phase: 'Pending', queue: 'default', projects: 1 }]);
});

test('is mended by its manifest when only the spec is odd', ({ path, store }) => {
  tamper(path, "UPDATE projects SET spec = '{', labels = '' WHERE name = 'bad'");
  store.transaction((writes) => writes.updateManifest('uid-bad', manifestOf('bad'), '/manifests/bad.json'));
  assert.equal(store.quarantined(), []);
  assert.is(store.project('uid-bad')?.generation, 2);
});

test('with a phase in another case is read as that phase (failure 6)', ({ path, store }) => {
  tamper(path, "UPDATE projects SET phase = 'STARTING' WHERE name = 'bad'");
  assert.is(store.project('uid-bad')?.memory.phase, 'Starting');
  assert.is(store.startingBeside('uid-good'), 1);
  assert.equal(store.phaseCounts(), [
    { phase: 'Pending', queue: 'default', projects: 1 },
    { phase: 'Starting', queue: 'default', projects: 1 },
  ]);
  assert.equal(store.quarantined(), []);
});

test('cannot be written: the schema refuses it (failures 6, 34)', ({ path }) => {
  const refused = (sql: string, message: RegExp): void =>
    assert.throws(() => tamper(path, `PRAGMA ignore_check_constraints = OFF; ${sql}`), message);
  refused("UPDATE projects SET phase = 'running'", /CHECK constraint failed/);
  refused("UPDATE projects SET spec = '{'", /CHECK constraint failed/);
  refused('UPDATE projects SET name = NULL', /NOT NULL constraint failed/);
  refused("UPDATE projects SET created_at = 'yesterday'", /cannot store TEXT value in INTEGER column/);
});

test('of an older version is read with the defaults of what it lacks', ({ path, store }) => {
  const { spec, memory } = store.project('uid-bad') ?? {};
  tamper(
    path,
    `UPDATE projects SET spec = json_remove(spec, '$.backoffLimit'), memory = json_remove(memory, '$.primary')
      WHERE name = 'bad'`,
  );
  assert.equal([store.project('uid-bad')?.spec, store.project('uid-bad')?.memory], [spec, memory]);
  const before = store.version();
  const again = manifestOf('bad', { dependsOn: [{ project: 'db' }] });
  store.transaction((writes) => writes.updateManifest('uid-bad', again, '/manifests/bad.json'));
  assert.is(store.version(), before, 'a new default is no change of spec');
});

test('among the manifests or pre-flight reports is none, and is made anew (failure 7)', ({ path, store }) => {
  const rows = [{ file: '/m/bad.json', hash: 'h', names: [], errors: [], readAt: 1, missing: {} }];
  const report = { generation: 1, at: 1, checks: [] };
  const write = (): void =>
    store.transaction((writes) => {
      writes.replaceManifests(rows);
      writes.putPreflight('uid-bad', report);
    });
  write();
  tamper(path, "UPDATE manifests SET names = '{'; UPDATE preflights SET checks = '[1]'");
  assert.equal([store.manifests(), store.preflight('uid-bad')], [[], null]);
  write();
  assert.equal([store.manifests(), store.preflight('uid-bad')], [rows, report]);
});

test('holds up no other that has lost its session’s name as well: whose a session is stays open (I10)', ({
  path,
  store,
}) => {
  for (const uid of ['uid-bad', 'uid-good']) {
    store.transaction((writes) => {
      const row = store.project(uid);
      if (row) writes.setMemory(uid, row.resourceVersion, { ...row.memory, attempt: 1 });
      writes.applyAttempt(uid, { begin: attemptOf(uid, 1) });
    });
  }
  tamper(path, "UPDATE attempts SET session_name = NULL; UPDATE projects SET spec = '{' WHERE name = 'bad'");
  const good = store.project('uid-good');
  assert.ok(good);
  const observation: Observation = {
    session: absent,
    duplicates: [],
    server: absent,
    runs: {},
    remains: absent,
    stateFile: absent,
    untagged: absent,
    heartbeat: absent,
  };
  const parts = { store, clock: new ManualClock(), ownerId: 'us', maxConcurrentStarts: 5, shardSize: 150 };
  const { rivals } = caseOf({ ...parts, stateSyncDryRun: false }, good, { observation, listings: [] }, null);
  assert.equal(rivals, [{ path: null, sessionName: null }]);
});

test.run();
