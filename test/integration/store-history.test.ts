import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NewEvent } from '../../src/api/event.ts';
import { newMemory } from '../../src/api/memory.ts';
import { type Store, StoreConflict } from '../../src/api/ports/store.ts';
import type { Run } from '../../src/api/project.ts';
import { copyStore } from '../../src/store/store.ts';
import { addProject, attemptOf, manifestOf } from '../helpers/store.ts';

const DAY = 24 * 3_600_000;

const test = suite<{ store: Store; uid: string; clock: { now: number } }>('what the store remembers of the past');

test.before.each((context) => {
  const clock = { now: 10 * DAY };
  context.clock = clock;
  context.store = copyStore(null, { now: () => clock.now });
  context.uid = addProject(context.store, manifestOf('web'));
});
test.after.each(({ store }) => store.close());

const seen = {
  attempt: 1,
  shard: 2,
  sessionName: 'web',
  sessionId: '$7',
  specHash: 'v1-1',
  server: { pid: 41, startTicks: 900 },
  bootId: 'boot',
  startedAt: 1500,
};

const runOf = (uid: string, run: number, given: Partial<Run> = {}): Run => ({
  uid,
  attempt: 1,
  window: 'main',
  run,
  pid: null,
  startedAt: null,
  endedAt: null,
  exitCode: null,
  lastLines: null,
  ...given,
});

const event = (message: string, object = 'Project/web'): NewEvent => ({
  type: 'Normal',
  reason: 'Started',
  message,
  object,
});

test('an attempt is begun, seen and ended, and each is a record of its own (failure 62)', ({ store, uid }) => {
  store.transaction((writes) => writes.applyAttempt(uid, { begin: attemptOf(uid, 1) }));
  assert.equal(store.attempt(uid, 1), attemptOf(uid, 1));
  store.transaction((writes) => writes.applyAttempt(uid, { seen }));
  const running = attemptOf(uid, 1, seen);
  assert.equal(store.openAttempts(), [running]);
  store.transaction((writes) =>
    writes.applyAttempt(uid, {
      end: { attempt: 1, cause: 'Exited', endedAt: 1900 },
      begin: attemptOf(uid, 2, { resumed: true }),
    }),
  );
  assert.equal(store.attempts(uid), [
    attemptOf(uid, 2, { resumed: true }),
    { ...running, endedAt: 1900, cause: 'Exited' },
  ]);
  assert.equal(store.openAttempts(), [attemptOf(uid, 2, { resumed: true })]);
  assert.is(store.attempt(uid, 3), null);
});

test('an attempt whose record was lost is recorded from what was seen of it', ({ store, uid }) => {
  store.transaction((writes) => writes.applyAttempt(uid, { seen }));
  assert.equal(store.attempt(uid, 1), attemptOf(uid, 1, { ...seen, createdAt: 1500 }));
});

test('an attempt seen again as before writes nothing (I7)', ({ store, uid }) => {
  store.transaction((writes) => writes.applyAttempt(uid, { seen }));
  const before = store.version();
  store.transaction((writes) => writes.applyAttempt(uid, { seen }));
  assert.is(store.version(), before);
});

test('the first end of an attempt is the true one', ({ store, uid }) => {
  store.transaction((writes) => writes.applyAttempt(uid, { begin: attemptOf(uid, 1) }));
  for (const [cause, endedAt] of [['Exited', 5] as const, ['Deleted', 9] as const]) {
    store.transaction((writes) => writes.applyAttempt(uid, { end: { attempt: 1, cause, endedAt } }));
  }
  assert.is(store.attempt(uid, 1)?.cause, 'Exited');
  store.transaction((writes) => writes.applyAttempt(uid, { end: { attempt: 4, cause: 'Exited', endedAt: 5 } }));
  assert.is(store.attempt(uid, 4), null, 'what was never recorded has no end to record');
});

test('a start of which nothing was seen may be planned anew, by another name', ({ store, uid }) => {
  for (const sessionName of ['web', 'web-2']) {
    const begin = attemptOf(uid, 1, { sessionId: null, sessionName });
    store.transaction((writes) => writes.applyAttempt(uid, { begin }));
  }
  assert.is(store.attempts(uid).length, 1);
  assert.is(store.attempt(uid, 1)?.sessionName, 'web-2');
});

test('an attempt number is never used twice', ({ store, uid }) => {
  store.transaction((writes) => writes.applyAttempt(uid, { begin: attemptOf(uid, 1, { sessionId: '$1' }) }));
  assert.throws(
    () => store.transaction((writes) => writes.applyAttempt(uid, { begin: attemptOf(uid, 1) })),
    (error: unknown) => error instanceof StoreConflict,
  );
});

test('a Project that crashes for ever keeps its newest twenty attempts', ({ store, uid }) => {
  for (let attempt = 1; attempt <= 30; attempt += 1) {
    store.transaction((writes) =>
      writes.applyAttempt(uid, { begin: attemptOf(uid, attempt, { endedAt: 5, cause: 'Exited' }) }),
    );
  }
  const kept = store.attempts(uid).map(({ attempt }) => attempt);
  assert.equal([kept.length, kept[0], kept.at(-1)], [20, 30, 11]);
});

test('what is learnt of a run later completes its record, and takes nothing away', ({ store, uid }) => {
  store.transaction((writes) => {
    writes.applyAttempt(uid, { begin: attemptOf(uid, 1) });
    writes.putRun(runOf(uid, 1, { pid: 77, startedAt: 1200 }));
    writes.putRun(runOf(uid, 1, { endedAt: 1300, exitCode: 0, lastLines: 'bye' }));
  });
  const whole = runOf(uid, 1, { pid: 77, startedAt: 1200, endedAt: 1300, exitCode: 0, lastLines: 'bye' });
  assert.equal(store.runs(uid, 1), [whole]);
  const before = store.version();
  store.transaction((writes) => writes.putRun(runOf(uid, 1, { exitCode: 0 })));
  assert.is(store.version(), before);
});

test('a window that crashes for ever keeps its newest ten runs, which every pass reads (I10)', ({ store, uid }) => {
  store.transaction((writes) => {
    writes.applyAttempt(uid, { begin: attemptOf(uid, 1) });
    for (let run = 1; run <= 15; run += 1) writes.putRun(runOf(uid, run));
  });
  assert.equal(
    store.runs(uid, 1).map(({ run }) => run),
    [6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  );
});

test('a run of an attempt that is not recorded is a conflict', ({ store, uid }) => {
  assert.throws(
    () => store.transaction((writes) => writes.putRun(runOf(uid, 1))),
    (error: unknown) => error instanceof StoreConflict,
  );
});

test("a repeat of an object's newest event is counted", ({ store }) => {
  store.transaction((writes) => {
    writes.recordEvent(event('started'), 5);
    writes.recordEvent(event('other', 'Project/other'), 6);
    writes.recordEvent(event('started'), 7);
    writes.recordEvent(event('started again'), 8);
    writes.recordEvent(event('started'), 9);
  });
  assert.equal(store.events({ object: 'Project/web' }), [
    { ...event('started'), id: 1, count: 2, firstAt: 5, lastAt: 7 },
    { ...event('started again'), id: 3, count: 1, firstAt: 8, lastAt: 8 },
    { ...event('started'), id: 4, count: 1, firstAt: 9, lastAt: 9 },
  ]);
});

test('events are read oldest first: the newest so many, or the first so many after one', ({ store }) => {
  store.transaction((writes) => {
    for (let at = 1; at <= 6; at += 1)
      writes.recordEvent(event(`message ${at}`, at % 2 ? 'Project/web' : 'Queue/q'), at);
  });
  const ids = (filter: Parameters<Store['events']>[0]): unknown => store.events(filter).map(({ id }) => id);
  assert.equal(ids({}), [1, 2, 3, 4, 5, 6]);
  assert.equal(ids({ limit: 2 }), [5, 6]);
  assert.equal(ids({ object: 'Project/web', limit: 2 }), [3, 5]);
  assert.equal(ids({ afterId: 2, limit: 2 }), [3, 4]);
  assert.equal(ids({ object: 'Queue/q', afterId: 2 }), [4, 6]);
});

test('an object keeps its newest two hundred events', ({ store }) => {
  store.transaction((writes) => {
    writes.recordEvent(event('other', 'Project/other'), 1);
    for (let at = 1; at <= 250; at += 1) writes.recordEvent(event(`message ${at}`), at);
  });
  const kept = store.events({ object: 'Project/web' });
  assert.equal([kept.length, kept[0]?.message, kept.at(-1)?.message], [200, 'message 51', 'message 250']);
  assert.is(store.events({ object: 'Project/other' }).length, 1);
});

test('a command asked for twice is one, and done once it is acknowledged (failure 63)', ({ store }) => {
  const command = { id: 'c1', verb: 'restart' as const, project: 'web', requestedAt: 10 * DAY };
  store.transaction((writes) => {
    writes.addCommand(command);
    writes.addCommand({ ...command, requestedAt: 11 * DAY });
    writes.addCommand({ ...command, id: 'c2', verb: 'reset', requestedAt: 10 * DAY + 5 });
  });
  assert.equal(store.pendingCommand('web'), { ...command, acknowledgedAt: null, result: null });
  assert.is(store.pendingCommand('web', 'reset')?.id, 'c2');
  assert.is(store.pendingCommand(''), null);
  store.transaction((writes) => writes.acknowledge('c1', 99, 'restarted'));
  store.transaction((writes) => {
    writes.acknowledge('c1', 100, 'restarted again');
    writes.addCommand(command);
  });
  assert.equal(store.command('c1'), { ...command, acknowledgedAt: 99, result: 'restarted' });
  assert.is(store.pendingCommand('web')?.id, 'c2');
});

test('a command that nobody took for a day has expired (failure 63)', ({ store, clock }) => {
  const command = { id: 'c1', verb: 'restart' as const, project: 'web', requestedAt: clock.now };
  store.transaction((writes) => writes.addCommand(command));
  clock.now += DAY - 1;
  assert.is(store.pendingCommand('web')?.id, 'c1');
  clock.now += 1;
  assert.is(store.pendingCommand('web'), null);
  assert.is(store.command('c1')?.acknowledgedAt, null, 'it was not carried out, and does not say so');
});

test('the pre-flight report is the last one', ({ store, uid }) => {
  const checks = [
    { check: 'disk' as const, name: 'disk', result: 'Fail' as const, message: 'full', remedy: 'free some' },
  ];
  store.transaction((writes) => {
    writes.putPreflight(uid, { generation: 1, at: 5, checks });
    writes.putPreflight(uid, { generation: 2, at: 6, checks });
  });
  assert.equal(store.preflight(uid), { generation: 2, at: 6, checks });
});

test('manifests are replaced as a whole, and one merely read again writes nothing (I7)', ({ store }) => {
  const since = { wallMs: 1, monotonicMs: 2, bootId: 'boot' };
  const web = { file: '/m/web.json', hash: 'h1', names: ['web'], errors: [], readAt: 5, missing: {} };
  const bad = {
    file: '/m/bad.json',
    hash: 'h2',
    names: [],
    errors: ['bad.json:1:1: no'],
    readAt: 5,
    missing: { a: since },
  };
  store.transaction((writes) => writes.replaceManifests([web, bad]));
  assert.equal(store.manifests(), [bad, web]);
  const before = store.version();
  store.transaction((writes) => writes.replaceManifests([web, bad].map((row) => ({ ...row, readAt: 9 }))));
  assert.is(store.version(), before);
  store.transaction((writes) => writes.replaceManifests([{ ...web, hash: 'h3', readAt: 9 }]));
  assert.equal(store.manifests(), [{ ...web, hash: 'h3', readAt: 9 }]);
});

test('a setting is kept, and written only when it differs (I7)', ({ store }) => {
  assert.is(store.setting('owner'), null);
  store.transaction((writes) => writes.setSetting('owner', 'a'));
  const before = store.version();
  store.transaction((writes) => writes.setSetting('owner', 'a'));
  assert.is(store.version(), before);
  store.transaction((writes) => writes.setSetting('owner', 'b'));
  assert.is(store.setting('owner'), 'b');
});

test('what is old is dropped, but never the newest attempt: it is evidence (failure 3)', ({ store, uid }) => {
  const command = { verb: 'restart' as const, project: 'web' };
  store.transaction((writes) => {
    writes.applyAttempt(uid, { begin: attemptOf(uid, 1, { endedAt: 40, cause: 'Exited' }) });
    writes.applyAttempt(uid, { begin: attemptOf(uid, 2, { endedAt: 50, cause: 'Exited' }) });
    writes.recordEvent(event('old'), 40);
    writes.recordEvent(event('new'), 140);
    writes.addCommand({ ...command, id: 'old', requestedAt: 40 });
    writes.addCommand({ ...command, id: 'new', requestedAt: 140 });
    writes.prune(100);
  });
  assert.equal(
    [
      store.attempts(uid).map(({ attempt }) => attempt),
      store.events().map(({ message }) => message),
      store.command('old')?.id,
      store.command('new')?.id,
    ],
    [[2], ['new'], undefined, 'new'],
  );
  const before = store.version();
  store.transaction((writes) => writes.prune(100));
  assert.is(store.version(), before);
});

test('a resume is told with how it goes, and since when it runs', ({ store, uid }) => {
  store.transaction((writes) => writes.applyAttempt(uid, { begin: attemptOf(uid, 1, { resumed: true }) }));
  const told = () => store.resumesSince(0).map(({ outcome, runningSince }) => [outcome, runningSince]);
  assert.equal(told(), [['UnderWay', null]]);
  const runningSince = { wallMs: 1, monotonicMs: 2, bootId: 'boot' };
  const version = store.project(uid)?.resourceVersion ?? 0;
  store.transaction((writes) => writes.setMemory(uid, version, { ...newMemory, phase: 'Running', runningSince }));
  assert.equal(told(), [['Well', runningSince]]);
});

test.run();
