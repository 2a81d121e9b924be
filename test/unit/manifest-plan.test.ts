import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { brokenFile, goodFile, isSilent, ManifestWorld, manifestOf } from '../helpers/manifests.ts';

const test = suite('planning from manifests');
const names = (items: readonly { readonly name: string }[]): string[] => items.map(({ name }) => name);
const created = (items: readonly { readonly manifest: { metadata: { name: string } } }[]): string[] =>
  items.map(({ manifest }) => manifest.metadata.name);

test('every Project of a new file is created, and the next pass is silent (I7)', () => {
  const world = new ManifestWorld();
  const listing = [goodFile('/m/a.json', manifestOf('b'), manifestOf('a'))];
  assert.equal(created(world.pass(listing).creates), ['a', 'b']);
  world.wait(10);
  assert.ok(isSilent(world.plan(listing)));
});

test('a changed spec, label or annotation updates the Project, and only the spec makes an event', () => {
  const world = new ManifestWorld();
  const first = manifestOf('a');
  world.pass([goodFile('/m/a.json', first)]);

  const labelled = { ...first, metadata: { name: 'a', labels: { team: 'x' } } };
  const relabel = world.pass([goodFile('/m/a.json', labelled)]);
  assert.equal([relabel.updates.length, relabel.events.length], [1, 0]);

  const changed = { ...labelled, spec: { ...labelled.spec, priority: 5 } };
  const edit = world.pass([goodFile('/m/a.json', changed)]);
  assert.equal([edit.updates.length, edit.events.map(({ reason }) => reason)], [1, ['SpecChanged']]);
});

test('a broken file changes nothing but the error, and its repair clears it (I6)', () => {
  const world = new ManifestWorld();
  const good = goodFile('/m/a.json', manifestOf('a'));
  world.pass([good]);

  const broken = world.pass([brokenFile('/m/a.json')]);
  assert.equal([broken.creates, broken.updates, broken.deletes], [[], [], []]);
  assert.is(world.row('a')?.manifestError, '/m/a.json:1:1: broken');
  assert.equal(
    broken.events.map(({ object, reason }) => `${object} ${reason}`),
    ['Manifest/a.json ManifestInvalid', 'Project/a ManifestInvalid'],
  );
  world.wait(60_000);
  assert.ok(isSilent(world.plan([brokenFile('/m/a.json')])));

  const repaired = world.pass([good]);
  assert.is(world.row('a')?.manifestError, null);
  assert.equal(
    repaired.events.map(({ object, reason }) => `${object} ${reason}`),
    ['Manifest/a.json ManifestValid', 'Project/a ManifestValid'],
  );
});

test('what a file held before it broke stays, however little of it can be read (I6)', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/a.json', manifestOf('a'))]);
  // It is being moved: its new file is saved in place, and half of that is there.
  world.pass([goodFile('/m/a.json', manifestOf('a')), goodFile('/m/team.json', manifestOf('a'))]);
  const torn = [brokenFile('/m/team.json')];
  world.pass([goodFile('/m/a.json', manifestOf('a')), ...torn]);
  for (let pass = 0; pass < 3; pass += 1) {
    assert.equal(world.pass(torn).deletes, []);
    world.wait(10_000);
  }
  assert.ok(isSilent(world.plan(torn)));
  assert.is(world.row('a')?.manifestError, '/m/team.json:1:1: broken');
  world.pass([goodFile('/m/team.json', manifestOf('a'))]);
  assert.is(world.row('a')?.file, '/m/team.json');
});

test('a broken file that is removed is gone, not in order again', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/a.json', manifestOf('a'))]);
  world.pass([brokenFile('/m/a.json')]);
  assert.equal(world.pass([]).events, []);
});

test('a file that never was in order has no Project, but its error is remembered', () => {
  const world = new ManifestWorld();
  const plan = world.pass([brokenFile('/m/a.json', 'a')]);
  assert.equal([plan.creates, world.rows], [[], []]);
  assert.equal(world.manifestRows[0]?.errors, ['/m/a.json:1:1: broken']);
});

test('of two files declaring one name the recorded one keeps it, and the other is an error naming both', () => {
  const world = new ManifestWorld();
  const z = goodFile('/m/z.json', manifestOf('web', { priority: 1 }));
  world.pass([z]);
  const plan = world.pass([goodFile('/m/a.json', manifestOf('web', { priority: 2 })), z]);
  assert.equal(plan.updates, []);
  assert.is(world.row('web')?.spec.priority, 1);
  assert.equal(world.manifestRows[0]?.errors, ['/m/a.json: metadata.name: "web" is already declared by /m/z.json']);
});

test('of two new files declaring one name the first by name has it', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/z.json', manifestOf('web')), goodFile('/m/a.json', manifestOf('web'))]);
  assert.is(world.row('web')?.file, '/m/a.json');
});

test('a second file takes nothing over while the recorded one is broken', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/z.json', manifestOf('web'))]);
  const plan = world.pass([brokenFile('/m/z.json'), goodFile('/m/a.json', manifestOf('web', { priority: 2 }))]);
  assert.equal(plan.updates, []);
  assert.is(world.row('web')?.spec.priority, 0);
});

test('a moved file keeps the Project and its uid', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/a.json', manifestOf('web'))]);
  const uid = world.row('web')?.uid;
  const plan = world.pass([goodFile('/m/b.json', manifestOf('web'))]);
  assert.equal(
    plan.events.map(({ reason }) => reason),
    ['ManifestMoved'],
  );
  assert.equal([world.row('web')?.uid, world.row('web')?.file], [uid, '/m/b.json']);
});

test('a Project is deleted only after its file is missing for 3 seconds', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/a.json', manifestOf('web'))]);
  assert.is(world.pass([]).requeueAfterMs, 3000);
  world.wait(2999);
  const early = world.pass([]);
  assert.equal([early.deletes, early.requeueAfterMs], [[], 1]);
  world.wait(1);
  assert.equal(names(world.pass([]).deletes), ['web']);
  assert.ok(isSilent(world.plan([])));
});

test('a file that is back within 3 seconds was never gone: git checkout deletes nothing', () => {
  const world = new ManifestWorld();
  const file = goodFile('/m/a.json', manifestOf('web'));
  world.pass([file]);
  world.pass([]);
  world.wait(2000);
  world.pass([file]);
  world.wait(2000);
  assert.equal(world.pass([]).deletes, []);
});

test('a clock that jumps ahead deletes nothing sooner', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/a.json', manifestOf('web'))]);
  world.pass([]);
  world.now = { ...world.now, wallMs: world.now.wallMs + 86_400_000 };
  assert.equal(world.pass([]).deletes, []);
});

test('a Project taken out of a List is deleted after 3 seconds too, and the others stay', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/l.json', manifestOf('a'), manifestOf('b'))]);
  const less = [goodFile('/m/l.json', manifestOf('a'))];
  assert.equal(world.pass(less).deletes, []);
  world.wait(3000);
  assert.equal(names(world.pass(less).deletes), ['b']);
});

test('a name that a broken file elsewhere mentions is not deleted', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/a.json', manifestOf('web'))]);
  world.pass([brokenFile('/m/new.json', 'web')]);
  world.wait(60_000);
  assert.equal(world.pass([brokenFile('/m/new.json', 'web')]).deletes, []);
});

test('a Project may have been moved into a file that breaks as its own goes, and stays until that is in order (I6)', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/web.json', manifestOf('web')), goodFile('/m/api.json', manifestOf('api'))]);
  const api = goodFile('/m/api.json', manifestOf('api'));
  // Renamed while nobody looked, and not to be read by the time somebody does.
  const moved = brokenFile('/m/moved.json');
  world.pass([api, moved]);
  world.wait(10_000);
  assert.ok(isSilent(world.pass([api, moved])));
  assert.is(world.row('web')?.deletion, null);
  assert.match(world.row('web')?.manifestError ?? '', '/m/moved.json');
  world.pass([api, goodFile('/m/moved.json', manifestOf('web'))]);
  assert.equal([world.row('web')?.manifestError, world.row('web')?.file], [null, '/m/moved.json']);
});

test('so may one that was cut out of a file which others are still in', () => {
  const world = new ManifestWorld();
  world.pass([goodFile('/m/team.json', manifestOf('web'), manifestOf('api'))]);
  const listing = [goodFile('/m/team.json', manifestOf('api')), brokenFile('/m/web.json')];
  for (let pass = 0; pass < 3; pass += 1) {
    assert.equal(world.pass(listing).deletes, []);
    world.wait(10_000);
  }
});

test('once such a file is in order, or gone, what it does not declare is deleted as ever', () => {
  for (const end of [[goodFile('/m/moved.json', manifestOf('db'))], []]) {
    const world = new ManifestWorld();
    world.pass([goodFile('/m/web.json', manifestOf('web'))]);
    world.pass([brokenFile('/m/moved.json')]);
    world.pass(end);
    world.wait(3000);
    world.pass(end);
    assert.ok(world.row('web')?.deletion);
  }
});

test('a file that was broken before keeps no Project from being deleted', () => {
  const world = new ManifestWorld();
  const notes = brokenFile('/m/notes.json');
  world.pass([goodFile('/m/web.json', manifestOf('web')), notes]);
  world.pass([notes]);
  world.wait(3000);
  world.pass([notes]);
  assert.ok(world.row('web')?.deletion);
});

test('deleting more than half of the Projects and more than three is held until confirmed', () => {
  const world = new ManifestWorld();
  const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => goodFile(`/m/${name}.json`, manifestOf(name)));
  const rest = all.slice(4);
  world.pass(all);
  world.pass(rest);
  world.wait(3000);
  const held = world.pass(rest);
  assert.equal([held.deletes, held.held?.names], [[], ['a', 'b', 'c', 'd']]);
  world.wait(60_000);
  assert.equal(world.pass(rest).held?.names, ['a', 'b', 'c', 'd']);
  assert.equal(names(world.pass(rest, { confirmed: true }).deletes), ['a', 'b', 'c', 'd']);
});

test('half of the Projects, or three, are deleted without asking', () => {
  const of = (count: number) =>
    Array.from({ length: count }, (_, index) => goodFile(`/m/${index}.json`, manifestOf(`p${index}`)));
  for (const [total, gone] of [
    [8, 4],
    [3, 3],
  ] as const) {
    const world = new ManifestWorld();
    world.pass(of(total));
    const rest = of(total).slice(gone);
    world.pass(rest);
    world.wait(3000);
    assert.is(world.pass(rest).deletes.length, gone);
  }
});

test('files that vanish one by one are held like files that vanish at once', () => {
  const world = new ManifestWorld();
  const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => goodFile(`/m/${name}.json`, manifestOf(name)));
  world.pass(all);
  for (let left = 5; left >= 1; left -= 1) {
    world.pass(all.slice(0, left));
    world.wait(500);
  }
  world.wait(500);
  const plan = world.pass(all.slice(0, 1));
  assert.equal([plan.deletes, plan.held?.names], [[], ['f']]);
});

test('a manifest that is back withdraws the deletion of its Project', () => {
  const world = new ManifestWorld();
  const file = goodFile('/m/a.json', manifestOf('web'));
  world.pass([file]);
  world.pass([]);
  world.wait(3000);
  world.pass([]);
  world.wait(1);
  assert.equal(names(world.pass([file]).withdrawals), ['web']);
  assert.is(world.row('web')?.deletion, null);
});

test('a listing that is older than the request for deletion does not withdraw it', () => {
  const world = new ManifestWorld();
  const file = goodFile('/m/a.json', manifestOf('web'));
  world.pass([file]);
  world.rows = world.rows.map((row) => ({ ...row, deletion: { requestedAt: world.now.wallMs, force: true } }));
  assert.equal(world.plan([file]).withdrawals, []);
});

test('a cycle of dependsOn is refused with the whole cycle, and the last good spec stays', () => {
  const world = new ManifestWorld();
  const after = (name: string, other: string) => manifestOf(name, { dependsOn: [{ project: other }] });
  world.pass([goodFile('/m/a.json', after('a', 'b')), goodFile('/m/b.json', manifestOf('b'))]);
  const closed = [goodFile('/m/a.json', after('a', 'b')), goodFile('/m/b.json', after('b', 'a'))];
  const plan = world.pass(closed);
  assert.equal(plan.updates, []);
  assert.is(world.row('b')?.manifestError, '/m/b.json: spec.dependsOn: these wait for each other: b -> a -> b');
  assert.is(world.row('a')?.manifestError, null);
  assert.ok(isSilent(world.plan(closed)));
});

test('turning a dependency round is no cycle', () => {
  const world = new ManifestWorld();
  const after = (name: string, other: string) => manifestOf(name, { dependsOn: [{ project: other }] });
  world.pass([goodFile('/m/a.json', after('a', 'b')), goodFile('/m/b.json', manifestOf('b'))]);
  world.pass([goodFile('/m/a.json', manifestOf('a')), goodFile('/m/b.json', after('b', 'a'))]);
  assert.equal(world.row('b')?.spec.dependsOn, [{ project: 'a', condition: 'Complete' }]);
  assert.is(world.row('b')?.manifestError, null);
});

test('of a new circle of three one is refused and two are created', () => {
  const world = new ManifestWorld();
  const ring = [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'a'],
  ].map(([name, project]) => goodFile(`/m/${name}.json`, manifestOf(String(name), { dependsOn: [{ project }] })));
  assert.equal(created(world.pass(ring).creates), ['a', 'b']);
  assert.match(String(world.manifestRows.find(({ file }) => file === '/m/c.json')?.errors), 'c -> a -> b -> c');
});

test('nothing is decided for a Project whose row cannot be read (failure 7)', () => {
  const world = new ManifestWorld();
  const plan = world.plan([goodFile('/m/a.json', manifestOf('web'))], { unreadable: new Set(['web']) });
  assert.equal(plan.creates, []);
});

test.run();
