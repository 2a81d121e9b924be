import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SpecFile } from '../../src/api/ports/manifests.ts';
import { brokenFile, goodFile, isSilent, ManifestWorld, manifestOf } from '../helpers/manifests.ts';

const test = suite('properties of planning from manifests');

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const manifest = fc
  .record({ name, priority: fc.nat(2), project: fc.option(name) })
  .map((it) => manifestOf(it.name, { priority: it.priority, dependsOn: it.project ? [{ project: it.project }] : [] }));
const good = (file: string) =>
  fc
    .uniqueArray(manifest, { selector: ({ metadata }) => metadata.name, maxLength: 3 })
    .map((manifests) => goodFile(file, ...manifests));
const broken = (file: string) => fc.uniqueArray(name, { maxLength: 2 }).map((names) => brokenFile(file, ...names));
const listing = fc
  .subarray(['/m/1.json', '/m/2.json', '/m/3.json', '/m/4.json'])
  .chain((files) =>
    fc.tuple(
      ...files.map((file) => fc.oneof({ arbitrary: good(file), weight: 4 }, { arbitrary: broken(file), weight: 1 })),
    ),
  );
/** Listings one after the other, with the time between them. */
const history = fc.array(fc.tuple(listing, fc.constantFrom(1, 1500, 3000)), { minLength: 1, maxLength: 4 });

const live = (steps: readonly (readonly [readonly SpecFile[], number])[]): ManifestWorld => {
  const world = new ManifestWorld();
  for (const [files, ms] of steps) {
    world.pass(files);
    world.wait(ms);
  }
  return world;
};

test('planning again after a plan was carried out asks for nothing (I7)', () => {
  fc.assert(
    fc.property(history, listing, (steps, files) => {
      const world = live(steps);
      world.pass(files);
      assert.ok(isSilent(world.plan(files)));
    }),
  );
});

test('the order of files and rows means nothing', () => {
  fc.assert(
    fc.property(history, listing, (steps, files) => {
      const world = live(steps);
      const reversed = world.plan(files.toReversed(), { rows: world.rows.toReversed() });
      assert.equal(reversed, world.plan(files));
    }),
  );
});

test('breaking a file changes no Project, however long it lasts (I6)', () => {
  fc.assert(
    fc.property(history, listing, fc.nat(3), fc.uniqueArray(name), (steps, files, index, names) => {
      const world = live(steps);
      world.pass(files);
      world.wait(3000);
      world.pass(files);
      const victim = files[index % files.length];
      const owned = world.rows.filter((row) => row.file === victim?.file && row.deletion === null);
      fc.pre(victim !== undefined && victim.errors.length === 0 && owned.length > 0);

      const after = files.map((file) => (file === victim ? brokenFile(file.file, ...names) : file));
      for (let pass = 0; pass < 3; pass += 1) {
        world.pass(after);
        world.wait(3000);
      }
      for (const row of owned.filter(({ name: owner }) => victim?.names.includes(owner))) {
        assert.equal({ ...world.row(row.name), manifestError: null }, { ...row, manifestError: null });
      }
    }),
  );
});

test('swapping the contents of two files keeps both identities, whichever is written first', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 5 }), fc.boolean(), fc.nat(1), (names, torn, first) => {
      const half = Math.ceil(names.length / 2);
      const contents = [names.slice(0, half), names.slice(half)].map((part) => part.map((it) => manifestOf(it)));
      const [one = [], two = []] = contents;
      const world = new ManifestWorld();
      world.pass([goodFile('/m/1.json', ...one), goodFile('/m/2.json', ...two)]);
      const uids = world.rows.map(({ uid }) => uid).sort();

      const between = torn
        ? brokenFile(`/m/${first + 1}.json`)
        : goodFile(`/m/${first + 1}.json`, ...(first ? one : two));
      const still = first ? goodFile('/m/1.json', ...one) : goodFile('/m/2.json', ...two);
      world.pass([between, still]);
      world.wait(1000);
      const swapped = [goodFile('/m/1.json', ...two), goodFile('/m/2.json', ...one)];
      world.pass(swapped);
      world.wait(3000);
      world.pass(swapped);
      assert.equal(world.rows.map(({ uid }) => uid).sort(), uids);
      assert.ok(world.rows.every(({ deletion, manifestError }) => deletion === null && manifestError === null));
      assert.ok(two.every(({ metadata }) => world.row(metadata.name)?.file === '/m/1.json'));
    }),
  );
});

test('no Project is ever part of a cycle, and no name ever has two Projects', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const { rows } = live(steps);
      assert.is(new Set(rows.map((row) => row.name)).size, rows.length);
      const next = new Map(rows.map((row) => [row.name, row.spec.dependsOn[0]?.project]));
      for (const row of rows) {
        let at = next.get(row.name);
        for (let step = 0; step < rows.length && at !== undefined; step += 1, at = next.get(at)) {
          assert.is.not(at, row.name);
        }
      }
    }),
  );
});

test.run();
