import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListedSession } from '../../src/api/observation.ts';
import type { Locks } from '../../src/api/ports/world.ts';
import type { Processes } from '../../src/api/ports/processes.ts';
import type { Runs } from '../../src/api/ports/runs.ts';
import type { Tmux } from '../../src/api/ports/tmux.ts';
import { absent, present } from '../../src/api/seen.ts';
import { dryExecutors } from '../../src/controllers/executors/dry-executors.ts';
import { Passes } from '../../src/controllers/pass.ts';
import { ProjectController } from '../../src/controllers/project.ts';
import { copyStore } from '../../src/store/store.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { addProject, manifestOf } from '../helpers/store.ts';

const test = suite('turns to start');

/** Projects that have their places, of which one may start at a time, under a controller that tells whom it wakes. */
const line = (...names: readonly string[]) => {
  const clock = new ManualClock();
  const store = copyStore(null);
  const woken: string[] = [];
  const sessions: ListedSession[] = [];
  const uids = new Map(
    names.map((name) => [name, addProject(store, manifestOf(name, { preflight: { mode: 'Skip' } }))] as const),
  );
  store.transaction((writes) => {
    for (const uid of uids.values()) writes.setAdmitted(uid, 1000);
  });
  const alive = {
    run: 1,
    wrapper: { pid: 10, startTicks: 100 },
    alive: true,
    command: { pid: 11, startTicks: 110 },
    startedAt: 1000,
    endedAt: null,
    exitCode: null,
    signalled: false,
  };
  const listing = () => ({
    shard: 0,
    socket: '/run/tmux.sock',
    server: present({ pid: 9, startTicks: 9 }),
    sessions: present(sessions),
  });
  const controller = new ProjectController({
    store,
    clock,
    probe: { ask: async () => false },
    tmux: { observe: async () => [listing()] } as Partial<Tmux> as Tmux,
    runs: { observe: async () => ({ main: alive }), watch: () => {} } as Partial<Runs> as Runs,
    processes: { observe: async () => ({ of: () => [] }), hasTerminal: () => false } as Partial<Processes> as Processes,
    stateFiles: {
      read: async () => absent,
      list: async () => present([]),
      write: async () => {},
      archive: async () => {},
    },
    locks: {
      tryAcquire: () => ({ token: 1, release: () => {} }),
      list: () => [],
      holderOf: () => null,
    } as Partial<Locks> as Locks,
    executors: dryExecutors({ store, clock, wake: () => {} }),
    trace: () => {},
    passes: new Passes(),
    ownerId: 'owner-1',
    maxConcurrentStarts: 1,
    stateSyncDryRun: false,
    shardSize: 150,
    dryRun: false,
    wake: (uid) => woken.push(names[[...uids.values()].indexOf(uid)] ?? uid),
    wakeQueue: () => {},
    wakeFleet: () => {},
  });
  const uidOf = (name: string): string => uids.get(name) ?? '';
  return {
    store,
    woken,
    uidOf,
    pass: (name: string) => controller.reconcile({ key: uidOf(name), since: clock.now().monotonicMs }),
    phase: (name: string) => store.project(uidOf(name))?.memory.phase,
    /** The session of the start that was committed appears. */
    appear(name: string): void {
      const attempt = store.attempts(uidOf(name))[0];
      const pane = { paneId: '%1', windowId: '@1', windowName: 'main', pid: 10, dead: false };
      sessions.push({
        shard: 0,
        id: `$${name}`,
        name,
        createdAt: clock.now().wallMs,
        attached: 0,
        tags: { owner: 'owner-1', uid: uidOf(name), project: name, attempt: 1, specHash: attempt?.specHash ?? '' },
        claimed: true,
        panes: [{ ...pane, deadStatus: null, deadSignal: null, piped: true }],
      });
    },
  };
};

/** The first starts and is seen running, while the others wait for it. */
const afterTheFirst = async (...names: readonly string[]) => {
  const world = line(...names);
  const [first = ''] = names;
  for (const name of names) await world.pass(name);
  assert.equal(
    names.map((name) => world.phase(name)),
    ['Starting', ...names.slice(1).map(() => 'Queued')],
  );
  world.appear(first);
  while (world.phase(first) === 'Starting') await world.pass(first);
  return world;
};

test('a start that has finished wakes as many as there is room for, and no more', async () => {
  const { woken } = await afterTheFirst('a', 'b', 'c', 'd');
  assert.equal(woken, ['b']);
});

test('who is woken and does not start gives the turn to the next', async () => {
  const { store, woken, uidOf, pass } = await afterTheFirst('a', 'b', 'c', 'd');
  store.transaction((writes) => writes.updateManifest(uidOf('b'), manifestOf('b', { suspend: true }), '/b.json'));
  await pass('b');
  assert.equal(woken, ['b', 'c']);
});

test('who is woken and has gone gives the turn to the next', async () => {
  const { store, woken, uidOf, pass } = await afterTheFirst('a', 'b', 'c');
  store.transaction((writes) => writes.forgetProject(uidOf('b')));
  await pass('b');
  assert.equal(woken, ['b', 'c']);
});

test('who is woken and starts keeps the turn', async () => {
  const { woken, pass, phase } = await afterTheFirst('a', 'b', 'c');
  await pass('b');
  assert.is(phase('b'), 'Starting');
  assert.equal(woken, ['b']);
});

test.run();
