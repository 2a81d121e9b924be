import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStateFiles } from '../../src/adapters/state-files.ts';
import type { ListedSession, ShardListing } from '../../src/api/observation.ts';
import type { SpecFile } from '../../src/api/ports/manifests.ts';
import type { StateFiles } from '../../src/api/ports/world.ts';
import { present, type Seen, unknown } from '../../src/api/seen.ts';
import type { Trace } from '../../src/api/trace.ts';
import type { Outcome } from '../../src/controllers/loop.ts';
import { Synchronizer } from '../../src/controllers/synchronizer.ts';
import { openStore } from '../../src/store/store.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { addProject, attemptOf, manifestOf, tamper } from '../helpers/store.ts';
import { goodFile } from '../helpers/manifests.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

/** The synchronizer over a real database and real state files, with tmux and manifests given by hand. */
class Bench {
  readonly folder = temporaryFolder();
  readonly clock = new ManualClock();
  readonly database = join(this.folder.path, 'tmuxlet.db');
  readonly store = openStore(this.database, { now: () => this.clock.now().wallMs });
  readonly stateFiles: StateFiles = openStateFiles(join(this.folder.path, 'state'), join(this.folder.path, 'archive'));
  readonly traces: Trace[] = [];
  readonly woken: string[] = [];
  sessions: Seen<readonly ListedSession[]> = present([]);
  manifests: Seen<readonly SpecFile[]> = present([]);
  locked: string | null = null;
  /** Happens while tmux is asked. */
  meanwhile: () => unknown = () => {};
  #synchronizer = this.#make(true);

  #make(mends: boolean): Synchronizer {
    return new Synchronizer({
      store: this.store,
      tmux: {
        observe: async (): Promise<readonly ShardListing[]> => {
          this.meanwhile();
          return [{ shard: 0, socket: '/tmux', server: present({ pid: 1, startTicks: 1 }), sessions: this.sessions }];
        },
        paths: async () => new Map(),
      },
      stateFiles: this.stateFiles,
      source: { list: async () => this.manifests },
      locks: {
        tryAcquire: (name) => (name === this.locked ? null : { token: 1, release: () => {} }),
        list: () => [],
        holderOf: () => null,
      },
      clock: this.clock,
      trace: (trace) => this.traces.push(trace),
      orphanPolicy: 'Kill',
      intervalMs: 10_000,
      mends,
      wake: (uid) => this.woken.push(uid),
      wakeManifests: () => this.woken.push('manifests'),
    });
  }

  restart(mends = true): void {
    this.#synchronizer = this.#make(mends);
  }

  async pass(afterMs = 0): Promise<Outcome> {
    this.clock.advance(afterMs);
    this.woken.length = 0;
    return this.#synchronizer.reconcile({ since: this.clock.now().monotonicMs });
  }

  get synchronizer(): Synchronizer {
    return this.#synchronizer;
  }

  /** A Project that runs, all of its records in order. */
  async run(name: string): Promise<ListedSession> {
    const manifest = manifestOf(name);
    const uid = addProject(this.store, manifest, { memory: { phase: 'Running', attempt: 1 } });
    const id = `$${this.store.projects().length}`;
    const attempt = attemptOf(uid, 1, { sessionName: name, sessionId: id, startedAt: 1000 });
    this.store.transaction((writes) => writes.applyAttempt(uid, { begin: attempt }));
    const session: ListedSession = {
      shard: 0,
      id,
      name,
      createdAt: 1000,
      attached: 0,
      tags: { owner: 'us', uid, project: name, attempt: 1, specHash: 'v1-0' },
      claimed: true,
      panes: [],
    };
    this.sessions = present([...(this.sessions.seen === 'Present' ? this.sessions.value : []), session]);
    const files = this.manifests.seen === 'Present' ? this.manifests.value : [];
    this.manifests = present([...files, goodFile(`/manifests/${name}.json`, manifest)]);
    const row = this.store.project(uid);
    if (row === null) throw new Error('just added');
    await this.stateFiles.write({ uid, name, attempt: 1, shard: 0, sessionName: name, memory: row.memory });
    return session;
  }

  get found(): readonly string[] {
    return (this.synchronizer.report?.items ?? []).map(
      ({ type, subject, decision }) => `${type} ${subject}: ${decision}`,
    );
  }

  get reasons(): readonly string[] {
    return this.store.events().map(({ object, reason, count }) => `${object} ${reason} ${count}`);
  }

  close(): void {
    this.store.close();
    this.folder.remove();
  }
}

const test = suite('synchronizer');
const benches: Bench[] = [];
const bench = (): Bench => {
  const made = new Bench();
  benches.push(made);
  return made;
};
test.after(() => benches.forEach((each) => each.close()));

test('200 rows whose names were nulled are found and given to their Projects in one pass', async () => {
  const b = bench();
  for (let index = 0; index < 200; index += 1) await b.run(`p${index}`);
  await b.pass();
  assert.equal(b.found, []);
  tamper(b.database, 'UPDATE attempts SET session_name = NULL');
  await b.pass(10_000);
  assert.is(b.found.length, 200);
  assert.ok(b.found.every((each) => each.startsWith('MissingName Project/') && each.endsWith(': Repair')));
  assert.is(new Set(b.woken).size, 200);
  assert.is(b.store.events().length, 200);
});

test('a pass that finds all records in agreement writes nothing and wakes nobody (I7, failure 71)', async () => {
  const b = bench();
  await b.run('web');
  await b.pass();
  const version = b.store.version();
  const outcome = await b.pass(10_000);
  assert.is(b.store.version(), version);
  assert.equal(b.woken, []);
  assert.equal(outcome, { retry: false, requeueAfterMs: null });
});

test('a mismatch is told once, by restarts too, and it is looked soon whether it was mended', async () => {
  const b = bench();
  await b.run('web');
  tamper(b.database, "UPDATE attempts SET session_name = 'old'");
  assert.is((await b.pass()).requeueAfterMs, 1_000);
  assert.is((await b.pass(1_000)).requeueAfterMs, null);
  b.restart();
  const version = b.store.version();
  await b.pass(1_000);
  assert.is(b.store.version(), version, 'what stands and has been told is not written again');
  assert.equal(b.reasons, ['Project/web NameDisagreement 1']);
  tamper(b.database, "UPDATE attempts SET session_name = 'web'");
  await b.pass(1_000);
  assert.equal(b.reasons, ['Project/web NameDisagreement 1', 'Project/web StateAgrees 1']);
  assert.equal(b.store.mismatches(), []);
});

test('what is critical and stays is told to people once, and once that it is over', async () => {
  const b = bench();
  await b.run('web');
  tamper(b.database, "UPDATE projects SET phase = 'Odd'");
  for (let passes = 0; passes < 6; passes += 1) await b.pass(10_000);
  assert.equal(b.reasons, ['Project/web UnreadableRow 1', 'Project/web StateMismatchUnresolved 1']);
  const alert = b.store.events().at(-1);
  assert.is(alert?.type, 'Warning');
  tamper(b.database, "DELETE FROM attempts; DELETE FROM projects WHERE name = 'web'");
  await b.pass(10_000);
  assert.ok(b.reasons.includes('Project/web StateMismatchCleared 1'));
});

test('the state file of a deleted Project goes to the archive, but not at once and not unseen (failure 3)', async () => {
  const b = bench();
  await b.run('web');
  b.store.transaction((writes) => writes.forgetProject('uid-web'));
  b.sessions = present([]);
  b.manifests = present([]);
  assert.is((await b.pass()).requeueAfterMs, 1_000);
  assert.equal(b.found, ['OrphanedStateFile StateFile/web.json: Archive']);
  await b.pass(9_000);
  assert.ok(existsSync(join(b.folder.path, 'state', 'web.json')));
  await b.pass(1_000);
  assert.not(existsSync(join(b.folder.path, 'state', 'web.json')));
  assert.is(readdirSync(join(b.folder.path, 'archive')).length, 1);
  await b.pass(1_000);
  assert.equal(b.reasons, [
    'StateFile/web.json OrphanedStateFile 1',
    'StateFile/web.json StateFileArchived 1',
    'StateFile/web.json StateAgrees 1',
  ]);
});

test('what is to be archived is looked at once more, and left when it is wanted after all (failure 4)', async () => {
  const b = bench();
  await b.run('web');
  b.store.transaction((writes) => writes.forgetProject('uid-web'));
  const { manifests } = b;
  b.sessions = present([]);
  b.manifests = present([]);
  await b.pass();
  // It comes back between the look that finds it due and the one under the lock.
  let looks = 0;
  b.meanwhile = () => {
    if ((looks += 1) === 2) b.manifests = manifests;
  };
  await b.pass(10_000);
  assert.is(looks, 2);
  assert.ok(existsSync(join(b.folder.path, 'state', 'web.json')));
  assert.not(b.reasons.some((each) => each.includes('StateFileArchived')));
});

test('a state file whose name somebody has the lock of waits', async () => {
  const b = bench();
  await b.run('web');
  b.store.transaction((writes) => writes.forgetProject('uid-web'));
  b.sessions = present([]);
  b.manifests = present([]);
  b.locked = 'web';
  await b.pass();
  await b.pass(10_000);
  assert.ok(existsSync(join(b.folder.path, 'state', 'web.json')));
  b.locked = null;
  await b.pass(1_000);
  assert.not(existsSync(join(b.folder.path, 'state', 'web.json')));
});

test('while mending is off nothing is woken to mend and nothing archived, and it is said what would be', async () => {
  const b = bench();
  await b.run('web');
  await b.run('api');
  b.store.transaction((writes) => writes.forgetProject('uid-api'));
  b.sessions = present(b.sessions.seen === 'Present' ? b.sessions.value.filter(({ name }) => name === 'web') : []);
  b.manifests = present(b.manifests.seen === 'Present' ? b.manifests.value.slice(0, 1) : []);
  tamper(b.database, 'UPDATE attempts SET session_name = NULL');
  b.restart(false);
  await b.pass();
  await b.pass(20_000);
  assert.equal(b.woken, []);
  assert.ok(existsSync(join(b.folder.path, 'state', 'api.json')));
  assert.is(b.synchronizer.report?.mending, false);
  assert.equal(b.reasons.slice(0, 2).toSorted(), [
    'Project/web StateSyncDryRun 1',
    'StateFile/api.json StateSyncDryRun 1',
  ]);
});

test('a source that gives no answer is skipped by name, and what stood stays (failure 8)', async () => {
  const b = bench();
  await b.run('web');
  tamper(b.database, 'UPDATE attempts SET session_name = NULL');
  await b.pass();
  b.sessions = unknown('no answer');
  await b.pass(10_000);
  assert.equal(b.synchronizer.report?.skipped, [{ source: 'tmux', reason: 'server 0: no answer' }]);
  assert.equal(b.woken, []);
  assert.is(b.store.mismatches().length, 1);
  assert.not(b.reasons.some((each) => each.includes('StateAgrees')));
});

test('records that change while they are looked at are left for the next pass (failure 4)', async () => {
  const b = bench();
  await b.run('web');
  b.meanwhile = () => tamper(b.database, 'UPDATE attempts SET session_name = NULL');
  await b.pass();
  assert.equal(b.found, []);
  b.meanwhile = () => {};
  await b.pass(1_000);
  assert.equal(b.found, ['MissingName Project/web: Repair']);
});

test('a state file that is only a moment behind its row is not told, and one that stays behind is', async () => {
  const b = bench();
  await b.run('web');
  const { uid, name, memory } = b.store.projectByName('web') ?? {};
  if (uid === undefined || name === undefined || memory === undefined) throw new Error('just added');
  const write = (attempt: number) => b.stateFiles.write({ uid, name, attempt, shard: 0, sessionName: name, memory });
  /** A pass during which the time moves on. */
  const passing = async (meanwhile: () => Promise<void>): Promise<void> => {
    const passed = b.pass(1_000);
    await eventually(() => b.clock.timers > 0);
    await meanwhile();
    b.clock.advance(1_000);
    await passed;
  };
  await write(0);
  await passing(() => write(1));
  assert.equal(b.found, []);
  await write(0);
  await passing(async () => {});
  assert.equal(b.found, ['StaleStateFile StateFile/web.json: Rewrite']);
  assert.equal(b.woken, ['uid-web']);
});

test('a torn state file of a Project that lives is given to it to be written anew (failures 52, 72)', async () => {
  const b = bench();
  await b.run('web');
  writeFileSync(join(b.folder.path, 'state', 'web.json'), '{"version": 1, "uid": "uid-w');
  await b.pass();
  assert.equal(b.found, ['TornStateFile StateFile/web.json: Rewrite']);
  assert.equal(b.woken, ['uid-web']);
});

test('who asks is told by a pass that began after asking, and hints lead to one pass in a second at most', async () => {
  const b = bench();
  await b.run('web');
  const asked: Promise<unknown>[] = [];
  b.meanwhile = () => asked.push(b.synchronizer.next());
  await b.pass();
  tamper(b.database, 'UPDATE attempts SET session_name = NULL');
  await b.pass();
  assert.is(await asked[0], b.synchronizer.report);
  assert.is(b.synchronizer.report?.items.length, 1);
  assert.is(b.synchronizer.hintDelayMs, 1_000);
});

test.run();
