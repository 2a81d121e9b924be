import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListedSession } from '../../src/api/observation.ts';
import type { OrphanRow } from '../../src/api/orphan.ts';
import { absent, present, type Seen, unknown } from '../../src/api/seen.ts';
import { reconcileOrphan } from '../../src/controllers/orphans/orphan.ts';
import type { OrphanParts } from '../../src/controllers/orphans/orphan-parts.ts';
import { copyStore } from '../../src/store/store.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { addProject, manifestOf } from '../helpers/store.ts';

const test = suite('the end of an orphan');

const session: ListedSession = {
  shard: 0,
  id: '$7',
  name: 'web',
  createdAt: 1000,
  attached: 0,
  tags: { owner: 'owner-1', uid: 'uid-web', project: 'web', attempt: 1, specHash: 'v1-0' },
  claimed: true,
  panes: [],
};

type Sessions = Seen<readonly ListedSession[]>;

/** A world in which the orphan is old and seen often enough; `sightings` is what each look at tmux shows, in turn. */
const worldOf = (...sightings: readonly Sessions[]) => {
  const store = copyStore(null);
  const clock = new ManualClock();
  const acts: string[] = [];
  let looks = 0;
  const unused = (): never => {
    throw new Error('not to be used');
  };
  const dryRun = null as string | null;
  const world = { store, clock, acts, locked: false, dryRun, beforeSecondLook: () => {} };
  const tmux = {
    observe: async () => {
      if (looks === 1) world.beforeSecondLook();
      const sessions = sightings[Math.min(looks, sightings.length - 1)] ?? absent;
      looks += 1;
      const server = sessions.seen === 'Present' ? present({ pid: 9, startTicks: 9 }) : sessions;
      return [{ shard: 0, socket: '/run/tmux.sock', server, sessions }];
    },
    killSession: async () => void acts.push('kill session'),
    capture: unused,
  };
  const parts = {
    store,
    clock,
    tmux,
    processes: {
      signalTree: async (uid: string, _: unknown, signal: string) => {
        acts.push(`${signal} ${uid}`);
        return 0;
      },
    },
    stateFiles: { list: async () => present([]) },
    source: { list: async () => present([]) },
    keepsakes: {
      keepScreens: async (name: string) => {
        acts.push('keep screens');
        return `/archive/${name}.txt`;
      },
    },
    locks: { tryAcquire: () => (world.locked ? null : { token: 1, release: () => acts.push('release') }) },
    trace: () => {},
    get settings() {
      return { policy: 'Kill', graceMs: 0, apartMs: 0, dryRun: world.dryRun };
    },
    wake: unused,
  } as unknown as OrphanParts;
  const now = clock.now();
  const row: OrphanRow = {
    shard: 0,
    sessionId: '$7',
    createdAt: 1000,
    uid: 'uid-web',
    name: 'web',
    project: 'web',
    firstSeen: now,
    lastSeen: now,
    count: 2,
    verdict: 'OrphanWithinGrace',
    message: '',
  };
  store.transaction((writes) => writes.putOrphan(row));
  return {
    ...world,
    world,
    row,
    pass: () => reconcileOrphan(parts, { shard: 0, sessionId: '$7' }, 0),
    reasons: () => store.events().map(({ reason }) => reason),
  };
};

const there = present([session]);

test('screens are kept, then the session is killed, then its processes end, and then it is told (I4, I5)', async () => {
  const { pass, acts, store, reasons } = worldOf(there);
  assert.is((await pass()).retry, false);
  assert.equal(acts, ['keep screens', 'kill session', 'SIGTERM uid-web', 'release']);
  assert.equal(reasons(), ['OrphanKilled']);
  assert.equal(store.orphans(), []);
});

test('nothing is done while somebody holds the lock of its name', async () => {
  const { pass, acts, world, store } = worldOf(there);
  world.locked = true;
  assert.ok((await pass()).retry);
  assert.equal(acts, []);
  assert.is(store.orphan(0, '$7')?.verdict, 'KillOrphan');
});

test('it is judged once more right before: somebody looks at it, or nobody can say', async () => {
  for (const [second, verdict] of [
    [present([{ ...session, attached: 1 }]), 'OrphanAttached'],
    [unknown('no answer'), 'KillOrphan'],
  ] as const) {
    const { pass, acts, store } = worldOf(there, second);
    assert.ok((await pass()).retry);
    assert.equal(acts, ['release']);
    assert.is(store.orphan(0, '$7')?.verdict, verdict);
  }
});

test('a Project that takes the uid at the last moment keeps its session (failure 4)', async () => {
  const { pass, acts, store, world } = worldOf(there);
  world.beforeSecondLook = () => void addProject(store, manifestOf('web'));
  await pass();
  assert.equal(acts, ['release']);
  assert.equal(store.orphans(), []);
});

test('a controller that died after the kill leaves the rest to the next: processes end, and it is told (failure 31)', async () => {
  const { pass, acts, row, store, reasons } = worldOf(present([]));
  store.transaction((writes) => writes.putOrphan({ ...row, verdict: 'KillOrphan' }));
  await pass();
  assert.equal(acts, ['SIGTERM uid-web', 'release']);
  assert.equal(reasons(), ['OrphanKilled']);
  assert.equal(store.orphans(), []);
});

test('what is left to do after a kill waits while nothing is to be mended, or in a dry run (I13)', async () => {
  const { pass, acts, store, row, world } = worldOf(present([]));
  store.transaction((writes) => writes.putOrphan({ ...row, verdict: 'KillOrphan' }));
  world.dryRun = 'a dry run';
  await pass();
  assert.equal(acts, []);
  assert.is(store.orphan(0, '$7')?.verdict, 'KillOrphan');
  world.dryRun = null;
  await pass();
  assert.equal(acts, ['SIGTERM uid-web', 'release']);
});

test('one that is gone by itself is forgotten without a word, and one that cannot be seen is not', async () => {
  const gone = worldOf(absent);
  await gone.pass();
  assert.equal(gone.acts, []);
  assert.equal(gone.store.orphans(), []);
  const unseen = worldOf(unknown('no answer'));
  assert.ok((await unseen.pass()).retry);
  assert.is(unseen.store.orphans().length, 1);
});

test.run();
