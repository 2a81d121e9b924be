import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Action, StartSession } from '../../src/api/action.ts';
import type { ListedSession, ObservedRun, SessionTags } from '../../src/api/observation.ts';
import type { Processes } from '../../src/api/ports/processes.ts';
import type { Runs } from '../../src/api/ports/runs.ts';
import type { Store } from '../../src/api/ports/store.ts';
import type { Tmux } from '../../src/api/ports/tmux.ts';
import type { Locks } from '../../src/api/ports/world.ts';
import { absent, present } from '../../src/api/seen.ts';
import { dryExecutors } from '../../src/controllers/executors/dry-executors.ts';
import type { Executors } from '../../src/controllers/executors/executors.ts';
import { type Controller, Loop, type Outcome } from '../../src/controllers/loop.ts';
import { Passes } from '../../src/controllers/pass.ts';
import { ProjectController } from '../../src/controllers/project.ts';
import { copyStore } from '../../src/store/store.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { addProject, manifestOf } from '../helpers/store.ts';

const test = suite('the project controller');

const OWNER = 'owner-1';
const UID = 'uid-web';
const alive: ObservedRun = {
  run: 1,
  wrapper: { pid: 10, startTicks: 1 },
  alive: true,
  command: { pid: 11, startTicks: 1 },
  startedAt: 1000,
  endedAt: null,
  exitCode: null,
  signalled: false,
};

/** A real store in memory with one admitted Project, over a world that is a few variables. */
class Bed {
  readonly clock = new ManualClock();
  readonly store: Store = copyStore(null, { now: () => this.clock.now().wallMs });
  session: ListedSession | null = null;
  lockIsFree = true;
  locksHeld = 0;
  readonly wokenQueues: string[] = [];
  /** What executors were given, in order. */
  readonly done: Action[] = [];

  constructor(spec: object = {}) {
    addProject(this.store, manifestOf('web', { preflight: { mode: 'Skip' }, ...spec }));
    this.store.transaction((writes) => writes.setAdmitted(UID, 1000));
  }

  /** A controller as after a start of the process: it remembers nothing but what is stored. */
  controller(executors: Partial<Executors> = {}, dryRun = false): ProjectController {
    return new ProjectController({
      store: this.store,
      clock: this.clock,
      probe: { ask: async () => false },
      tmux: { observe: async () => [this.#listing()] } as Partial<Tmux> as Tmux,
      runs: {
        observe: async () => (this.session === null ? {} : { main: alive }),
        watch: () => {},
      } as Partial<Runs> as Runs,
      processes: {
        observe: async () => ({ of: () => [] }),
        hasTerminal: () => false,
      } as Partial<Processes> as Processes,
      stateFiles: {
        read: async () => absent,
        list: async () => present([]),
        write: async () => {},
        archive: async () => {},
      },
      locks: { tryAcquire: () => this.#acquire(), list: () => [], holderOf: () => null } as Partial<Locks> as Locks,
      executors: { ...dryExecutors({ store: this.store, clock: this.clock, wake: () => {} }), ...executors },
      trace: () => {},
      passes: new Passes(),
      ownerId: OWNER,
      maxConcurrentStarts: 5,
      stateSyncDryRun: false,
      shardSize: 150,
      dryRun,
      wake: () => {},
      wakeQueue: (queue) => this.wokenQueues.push(queue),
      wakeFleet: () => {},
    });
  }

  /** An executor that makes the session. */
  readonly start = async (action: StartSession): Promise<void> => {
    this.done.push(action);
    this.appear(action.sessionName, action.tags);
  };

  appear(name: string, tags: SessionTags): void {
    const pane = { paneId: '%1', windowId: '@1', windowName: 'main', pid: 10, dead: false };
    this.session = {
      shard: 0,
      id: '$1',
      name,
      createdAt: this.clock.now().wallMs,
      attached: 0,
      tags,
      claimed: true,
      panes: [{ ...pane, deadStatus: null, deadSignal: null, piped: true }],
    };
  }

  pass(controller: Controller): Promise<Outcome> {
    const work = { key: UID, since: this.clock.now().monotonicMs };
    return controller.reconcile(work, new AbortController().signal);
  }

  /** Passes until nothing is to be done at once. */
  async settle(controller: Controller): Promise<Outcome> {
    for (let passes = 0; passes < 20; passes += 1) {
      const outcome = await this.pass(controller);
      if (outcome.requeueAfterMs !== 0 && !outcome.retry) return outcome;
    }
    throw new Error('still busy after 20 passes');
  }

  get memory() {
    const row = this.store.project(UID);
    if (row === null) throw new Error('the Project is gone');
    return row.memory;
  }

  #listing() {
    const server = present({ pid: 9, startTicks: 9 });
    return { shard: 0, socket: '/run/tmux.sock', server, sessions: present(this.session ? [this.session] : []) };
  }

  #acquire() {
    if (!this.lockIsFree) return null;
    this.locksHeld += 1;
    return { token: 1, release: () => void (this.locksHeld -= 1) };
  }
}

/** What a pass threw. */
const failureOf = async (pass: Promise<unknown>): Promise<string> =>
  pass.then(
    () => 'nothing was thrown',
    (error: unknown) => String(error),
  );

test('when an act begins, status and intent are already stored, and the lock is held (I4)', async () => {
  const bed = new Bed();
  let found: object | null = null;
  const controller = bed.controller({
    StartSession: async (action) => {
      const { phase, attempt } = bed.memory;
      const intent = bed.store.attempt(UID, attempt);
      found = { phase, attempt, name: intent?.sessionName, hash: intent?.specHash, locks: bed.locksHeld };
      assert.is(intent?.endedAt, null);
      await bed.start(action);
    },
  });
  await bed.pass(controller);
  const [action] = bed.done;
  assert.is(action?.kind, 'StartSession');
  const { attempt, specHash } = (action as StartSession).tags;
  assert.equal(found, { phase: 'Starting', attempt, name: 'web', hash: specHash, locks: 1 });
  assert.is(bed.locksHeld, 0);
});

test('a Project whose dependency is satisfied has its queue looked at, although it was Queued before', async () => {
  const bed = new Bed({ dependsOn: [{ project: 'database', condition: 'Complete' }] });
  bed.store.transaction((writes) => writes.setAdmitted(UID, null));
  const controller = bed.controller();
  await bed.settle(controller);
  assert.is(bed.memory.reason, 'DependencyNotFound');
  bed.wokenQueues.length = 0;
  addProject(bed.store, manifestOf('database'), { memory: { phase: 'Completed' } });
  await bed.settle(controller);
  assert.is(bed.memory.phase, 'Queued');
  assert.equal(bed.wokenQueues, ['default']);
});

test('a crash between commit and act is made good by the same attempt, name and hash (I1, I4, failure 31)', async () => {
  const bed = new Bed();
  const intents: StartSession[] = [];
  const crashing = bed.controller({
    StartSession: async (action) => {
      intents.push(action);
      throw new Error('the controller died here');
    },
  });
  assert.match(await failureOf(bed.pass(crashing)), 'died here');
  bed.clock.advance(1000);
  await bed.settle(bed.controller({ StartSession: bed.start }));
  assert.equal(bed.done, intents);
  assert.is(bed.store.attempts(UID).length, 1);
  assert.is(bed.memory.phase, 'Running');
  assert.is(bed.memory.attempt, 1);
});

test('a start that took effect although its act failed is found, and not made again (I1, failure 24)', async () => {
  const bed = new Bed();
  const controller = bed.controller({
    StartSession: async (action) => {
      await bed.start(action);
      throw new Error('the answer was lost');
    },
  });
  assert.match(await failureOf(bed.pass(controller)), 'answer was lost');
  await bed.settle(controller);
  assert.is(bed.done.length, 1);
  assert.is(bed.memory.phase, 'Running');
});

test('while somebody else holds the lock nothing is committed or done, and it is tried again', async () => {
  const bed = new Bed();
  const controller = bed.controller({ StartSession: bed.start });
  bed.lockIsFree = false;
  const before = bed.store.version();
  const { retry, requeueAfterMs } = await bed.pass(controller);
  assert.is(bed.store.version(), before);
  assert.equal(bed.done, []);
  assert.ok(retry || (requeueAfterMs ?? 0) > 0, 'it comes back, and not at once');
  bed.lockIsFree = true;
  await bed.settle(controller);
  assert.is(bed.memory.phase, 'Running');
  assert.is(bed.memory.attempt, 1);
});

test('a pass that finds everything as it should be writes nothing (I7, failure 71)', async () => {
  const bed = new Bed();
  const controller = bed.controller({ StartSession: bed.start });
  await bed.settle(controller);
  const version = bed.store.version();
  const acts = bed.done.length;
  for (let passes = 0; passes < 3; passes += 1) {
    const { retry, requeueAfterMs } = await bed.pass(controller);
    assert.not(retry);
    assert.is.not(requeueAfterMs, 0);
    bed.clock.advance(1000);
  }
  // One that has just been started finds nothing to write either.
  await bed.pass(bed.controller({ StartSession: bed.start }));
  assert.is(bed.store.version(), version);
  assert.is(bed.done.length, acts);
});

test('an executor that goes on failing is tried ever less often, and what it says is shown (I8, failure 30)', async () => {
  const bed = new Bed();
  let tries = 0;
  const controller = bed.controller({
    StartSession: async () => {
      tries += 1;
      throw new Error('no more terminals');
    },
  });
  const loop = new Loop(controller, bed.clock, () => {}, new Passes());
  loop.start();
  loop.queue.add(UID);
  const triesWithin = async (ms: number): Promise<number> => {
    const before = tries;
    for (let passed = 0; passed < ms; passed += 5) {
      bed.clock.advance(5);
      await loop.queue.idle();
    }
    return tries - before;
  };
  const first = await triesWithin(1000);
  const second = await triesWithin(1000);
  assert.ok(first >= 5 && first <= 10, `${first} tries in the first second`);
  assert.ok(second <= 1, `${second} tries in the second`);
  await loop.stop();
  assert.is(bed.store.attempts(UID).length, 1);
  const events = bed.store.events({ object: 'Project/web' }).filter(({ reason }) => reason === 'ActionFailed');
  assert.is(events.length, 1, 'repeats are counted');
  assert.is(events[0]?.count, tries);
  const ready = bed.memory.conditions.find(({ type }) => type === 'Ready');
  assert.match(ready?.message ?? '', 'no more terminals');
});

test('the very same step twice in a row gets nowhere, and is slowed down (failure 71)', async () => {
  const bed = new Bed();
  // Succeeds, and has no effect.
  const controller = bed.controller({ StartSession: async (action) => void bed.done.push(action) });
  const first = await bed.pass(controller);
  assert.equal(first, { retry: false, requeueAfterMs: 0 });
  let outcome = first;
  let atOnce = 0;
  for (; outcome.requeueAfterMs === 0 && atOnce < 5; atOnce += 1) outcome = await bed.pass(controller);
  assert.equal(outcome, { retry: true, requeueAfterMs: null });
  assert.ok(atOnce <= 2, `${atOnce} passes at once`);
  assert.equal(await bed.pass(controller), { retry: true, requeueAfterMs: null });
});

test('a dry run takes no lock and asks for no second look at what it did not do (I13)', async () => {
  const bed = new Bed();
  bed.lockIsFree = false;
  const controller = bed.controller({ StartSession: async (action) => void bed.done.push(action) }, true);
  const { requeueAfterMs } = await bed.pass(controller);
  assert.equal(
    bed.done.map(({ kind }) => kind),
    ['StartSession'],
  );
  assert.is.not(requeueAfterMs, 0);
});

test('the executors of a dry run carry out nothing: the check before a start counts as passed unrun (I13)', async () => {
  const bed = new Bed({ preflight: { mode: 'Enforce' } });
  const controller = bed.controller({}, true);
  for (let passes = 0; passes < 5; passes += 1) await bed.pass(controller);
  assert.is(bed.memory.phase, 'Starting');
  assert.is(bed.session, null);
  assert.equal(bed.store.preflight(UID)?.checks, []);
});

test('a Project that is gone is no error', async () => {
  const bed = new Bed();
  bed.store.transaction((writes) => writes.forgetProject(UID));
  assert.equal(await bed.pass(bed.controller()), { retry: false, requeueAfterMs: null });
});

test.run();
