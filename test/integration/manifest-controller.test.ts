import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newMemory } from '../../src/api/memory.ts';
import type { ShardListing, StateFile } from '../../src/api/observation.ts';
import type { SpecFile } from '../../src/api/ports/manifests.ts';
import type { Store } from '../../src/api/ports/store.ts';
import { absent, present, type Seen, unknown } from '../../src/api/seen.ts';
import type { Trace } from '../../src/api/trace.ts';
import type { Outcome } from '../../src/controllers/loop.ts';
import { manifestController } from '../../src/controllers/manifest.ts';
import { copyStore } from '../../src/store/store.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { brokenFile, goodFile, manifestOf } from '../helpers/manifests.ts';

/** The controller over a real database, with the rest of the world given by hand. */
class Bench {
  readonly clock = new ManualClock();
  readonly store: Store = copyStore(null, { now: () => this.clock.now().wallMs });
  readonly traces: Trace[] = [];
  readonly woken: string[] = [];
  readonly wokenQueues: string[] = [];
  readonly stateFiles = new Map<string, Seen<StateFile>>();
  listing: Seen<readonly SpecFile[]> = present([]);
  /** How long it takes. */
  listingMs = 0;
  shards: readonly ShardListing[] = [];
  observed = 0;
  #uids = 0;
  readonly #controller = manifestController({
    source: { list: async () => this.list(), onHint: () => () => {}, archive: async () => {} },
    store: this.store,
    tmux: {
      observe: async () => {
        this.observed += 1;
        return this.shards;
      },
    },
    stateFiles: { read: async (name) => this.stateFiles.get(name) ?? absent },
    clock: this.clock,
    trace: (trace) => this.traces.push(trace),
    ownerId: 'us',
    newUid: () => `uid-${(this.#uids += 1)}`,
    wake: (uid) => this.woken.push(uid),
    wakeQueue: (queue) => this.wokenQueues.push(queue),
  });

  /** Takes its time. */
  list(): Seen<readonly SpecFile[]> {
    this.clock.advance(this.listingMs);
    return this.listing;
  }

  async pass(...files: SpecFile[]): Promise<Outcome> {
    this.listing = present(files);
    return await this.again();
  }

  async again(): Promise<Outcome> {
    this.woken.length = 0;
    this.wokenQueues.length = 0;
    const work = { key: 'manifests', since: this.clock.now().monotonicMs };
    return await this.#controller.reconcile(work, new AbortController().signal);
  }

  get reasons(): readonly string[] {
    return this.store.events().map(({ object, reason, count }) => `${object} ${reason} ${count}`);
  }

  uid(name: string): string | undefined {
    return this.store.projectByName(name)?.uid;
  }
}

const test = suite<{ bench: Bench }>('the manifest controller');
test.before.each((context) => {
  context.bench = new Bench();
});
test.after.each(({ bench }) => bench.store.close());

const many = (count: number): SpecFile[] =>
  Array.from({ length: count }, (_, index) => goodFile(`/m/${index}.json`, manifestOf(`p${index}`)));

test('a manifest becomes a Project, with an event, and the Project is looked at', async ({ bench }) => {
  const outcome = await bench.pass(goodFile('/m/web.json', manifestOf('web', { priority: 2 })));
  assert.equal(outcome, { retry: false, requeueAfterMs: null });
  assert.is(bench.store.projectByName('web')?.spec.priority, 2);
  assert.equal(bench.woken, [bench.uid('web')]);
  assert.equal(bench.reasons, ['Project/web Created 1']);
  assert.equal(bench.traces.at(-1), { trace: 'ManifestsRead', good: 1, bad: 0, at: bench.clock.now().wallMs });
});

test('a Project that changes its queue has both queues looked at', async ({ bench }) => {
  await bench.pass(goodFile('/m/web.json', manifestOf('web', { queue: 'slow' })));
  assert.equal(bench.wokenQueues, []);
  await bench.pass(goodFile('/m/web.json', manifestOf('web', { queue: 'fast' })));
  assert.equal(bench.wokenQueues, ['slow', 'fast']);
});

test('a pass with nothing to do writes nothing, wakes nobody and does not ask tmux (I7, failure 71)', async ({
  bench,
}) => {
  const files = [goodFile('/m/web.json', manifestOf('web')), brokenFile('/m/bad.json', 'bad')];
  await bench.pass(...files);
  const before = [bench.store.version(), bench.observed, bench.reasons];
  bench.clock.advance(60_000);
  await bench.again();
  assert.equal([bench.store.version(), bench.observed, bench.reasons], before);
  assert.equal(bench.woken, []);
});

test('an edit raises the generation, a broken one leaves the last good spec and says where the error is (I6)', async ({
  bench,
}) => {
  await bench.pass(goodFile('/m/web.json', manifestOf('web')));
  await bench.pass(goodFile('/m/web.json', manifestOf('web', { priority: 5 })));
  await bench.pass(brokenFile('/m/web.json'));
  const row = bench.store.projectByName('web');
  assert.equal([row?.generation, row?.spec.priority, row?.manifestError], [2, 5, '/m/web.json:1:1: broken']);
  assert.equal(bench.traces.at(-1), { trace: 'ManifestsRead', good: 0, bad: 1, at: bench.clock.now().wallMs });
  assert.ok(bench.reasons.includes('Manifest/web.json ManifestInvalid 1'));
  await bench.pass(goodFile('/m/web.json', manifestOf('web', { priority: 5 })));
  assert.is(bench.store.projectByName('web')?.manifestError, null);
});

test('an Unknown listing changes nothing, is said once, and is tried again (I3, failure 8)', async ({ bench }) => {
  await bench.pass(...many(2));
  bench.listing = unknown('a mount is missing');
  for (let pass = 0; pass < 3; pass += 1) {
    bench.clock.advance(10_000);
    assert.equal(await bench.again(), { retry: true, requeueAfterMs: null });
  }
  assert.equal(
    bench.store.projects().map(({ deletion }) => deletion),
    [null, null],
  );
  assert.equal(
    bench.reasons.filter((reason) => reason.startsWith('Controller')),
    ['Controller ManifestsUnknown 1'],
  );
});

test('a Project whose file is gone is deleted at the second look, 3 seconds later', async ({ bench }) => {
  await bench.pass(goodFile('/m/web.json', manifestOf('web')));
  assert.equal(await bench.pass(), { retry: false, requeueAfterMs: 3000 });
  bench.clock.advance(3000);
  await bench.again();
  assert.equal(bench.store.projectByName('web')?.deletion, { requestedAt: bench.clock.now().wallMs, force: false });
  assert.equal(bench.woken, [bench.uid('web')]);
  assert.equal(bench.store.manifests(), []);
});

test('a file is missed from the end of a listing, and not from its beginning (I6)', async ({ bench }) => {
  await bench.pass(goodFile('/m/web.json', manifestOf('web')));
  bench.listingMs = 5_000;
  for (const deleted of [false, false, true]) {
    await bench.pass();
    assert.is(bench.store.projectByName('web')?.deletion !== null, deleted);
    bench.clock.advance(2_000);
  }
});

test('the wait for a missing file outlives the controller', async ({ bench }) => {
  await bench.pass(goodFile('/m/web.json', manifestOf('web')));
  await bench.pass();
  assert.equal(Object.keys(bench.store.manifests()[0]?.missing ?? {}), ['web']);
});

test('too many deletions at once are held, said once, and done when a person confirms', async ({ bench }) => {
  await bench.pass(...many(6));
  await bench.pass();
  bench.clock.advance(3000);
  await bench.again();
  bench.clock.advance(3000);
  await bench.again();
  const deleted = () => bench.store.projects().filter(({ deletion }) => deletion !== null).length;
  assert.is(deleted(), 0);
  assert.equal(
    bench.reasons.filter((reason) => reason.startsWith('Controller')),
    ['Controller DeletionsHeld 1'],
  );

  const requestedAt = bench.clock.now().wallMs;
  bench.store.transaction((writes) =>
    writes.addCommand({ id: 'c', verb: 'confirm-deletions', project: '', requestedAt }),
  );
  await bench.again();
  assert.is(deleted(), 6);
  assert.is(bench.store.command('c')?.result, '6 deletions confirmed');
});

test('a confirmation that nothing waits for is answered, and confirms nothing later', async ({ bench }) => {
  await bench.pass(...many(6));
  const requestedAt = bench.clock.now().wallMs;
  bench.store.transaction((writes) =>
    writes.addCommand({ id: 'c', verb: 'confirm-deletions', project: '', requestedAt }),
  );
  await bench.again();
  assert.is(bench.store.command('c')?.result, 'no deletions were held');
  await bench.pass();
  bench.clock.advance(3000);
  await bench.again();
  assert.is(bench.store.projects().filter(({ deletion }) => deletion !== null).length, 0);
});

test('a database that was lost takes uid and memory from the state file (failures 16, 72)', async ({ bench }) => {
  const memory = { ...newMemory, phase: 'Completed' as const, attempt: 3 };
  bench.stateFiles.set('web', present({ uid: 'old', name: 'web', attempt: 3, shard: 0, sessionName: 'web', memory }));
  await bench.pass(goodFile('/m/web.json', manifestOf('web')));
  const row = bench.store.projectByName('web');
  assert.equal([row?.uid, row?.memory.phase, row?.memory.attempt], ['old', 'Completed', 3]);
  assert.equal(bench.reasons, ['Project/web IdentityRestored 1']);
});

test('while tmux cannot be asked nothing new is made; it is said once and tried again', async ({ bench }) => {
  bench.shards = [{ shard: 0, socket: '/s', server: unknown('?'), sessions: unknown('time-out') }];
  assert.equal(await bench.pass(goodFile('/m/web.json', manifestOf('web'))), { retry: true, requeueAfterMs: null });
  await bench.again();
  assert.equal(bench.reasons, ['Project/web IdentityUnknown 1']);
  bench.shards = [];
  await bench.again();
  assert.ok(bench.uid('web'));
});

test('evidence that disagrees holds that Project only, and is said once (failures 7, 45)', async ({ bench }) => {
  const memory = newMemory;
  bench.stateFiles.set('web', present({ uid: 'u', name: 'api', attempt: 1, shard: 0, sessionName: null, memory }));
  const files = [goodFile('/m/web.json', manifestOf('web')), goodFile('/m/db.json', manifestOf('db'))];
  assert.equal(await bench.pass(...files), { retry: false, requeueAfterMs: 30_000 });
  await bench.again();
  assert.equal([bench.uid('web'), bench.store.projects().length], [undefined, 1]);
  assert.equal(
    bench.reasons.filter((reason) => reason.includes('web')),
    ['Project/web IdentityAmbiguous 1'],
  );
});

test('a Project that others wait for wakes them when it appears', async ({ bench }) => {
  await bench.pass(goodFile('/m/b.json', manifestOf('b', { dependsOn: [{ project: 'a' }] })));
  const files = [goodFile('/m/b.json', manifestOf('b', { dependsOn: [{ project: 'a' }] }))];
  await bench.pass(...files, goodFile('/m/a.json', manifestOf('a')));
  assert.equal(new Set(bench.woken), new Set([bench.uid('a'), bench.uid('b')]));
});

test('a thousand manifests are a thousand Projects after one pass', async ({ bench }) => {
  await bench.pass(...many(1000));
  assert.is(bench.store.projects().length, 1000);
});

test.run();
