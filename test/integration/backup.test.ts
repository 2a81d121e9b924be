import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, extract, list } from 'tar';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pack, unpack } from '../../src/composition/backup/archive.ts';
import { openStore, readStore } from '../../src/store/store.ts';
import { cli } from '../helpers/cli.ts';
import { addProject, manifestOf } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

interface Context {
  folder: string;
  remove: () => void;
  stateDir: string;
  run: (...args: readonly string[]) => ReturnType<typeof cli>;
}

const test = suite<Context>('backup and restore without a controller');

const OWNER = '11111111-1111-4111-8111-111111111111';

test.before.each((context) => {
  const { path: folder, remove } = temporaryFolder();
  const stateDir = join(folder, 's');
  for (const each of [stateDir, join(stateDir, 'state'), join(stateDir, 'manifests')]) mkdirSync(each);
  writeFileSync(join(stateDir, 'owner'), `${OWNER}\n`, { mode: 0o600 });
  writeFileSync(join(stateDir, 'manifests', 'web.json'), JSON.stringify(manifestOf('web')));
  writeFileSync(join(stateDir, 'manifests', 'web.json~'), 'an editor left it');
  const store = openStore(join(stateDir, 'tmuxlet.db'), { now: Date.now });
  addProject(store, manifestOf('web'));
  store.close();
  Object.assign(context, { folder, remove, stateDir });
  context.run = (...args) => cli([...args, '--state-dir', stateDir], { cwd: folder });
});
test.after.each(({ remove }) => remove());

const backUp = async ({ run, folder }: Context): Promise<string> => {
  assert.is((await run('backup', 'b.tar.gz')).code, 0);
  return join(folder, 'b.tar.gz');
};

const filesBelow = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/controller\.|-(wal|shm)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, readFileSync(file, 'base64')]),
  );

const eventsOf = (stateDir: string): readonly string[] => {
  const store = readStore(join(stateDir, 'tmuxlet.db'));
  try {
    return store.events().map(({ reason }) => reason);
  } finally {
    store.close();
  }
};

test('a backup is one file for its owner alone, with what a machine needs and nothing else', async (context) => {
  const file = await backUp(context);
  assert.is(statSync(file).mode & 0o777, 0o600);
  const names: string[] = [];
  await list({ file, onReadEntry: ({ path }) => names.push(path) });
  assert.equal(names, ['backup.json', 'manifests/web.json', 'owner', 'tmuxlet.db']);
  assert.equal(readdirSync(context.folder).toSorted(), ['b.tar.gz', 's']);
});

test('a folder gets a file that is named after the time; a file that is there is not written over', async (context) => {
  const { out } = await context.run('backup', '.');
  assert.match(out, /\/tmuxlet-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar\.gz\n$/);
  const file = await backUp(context);
  const before = readFileSync(file);
  const { code, err } = await context.run('backup', 'b.tar.gz');
  assert.equal([code, err], [1, `error: ${file} exists already: give another name, or a folder\n`]);
  assert.equal(readFileSync(file), before);
  assert.match((await context.run('backup', 'no/such/b.tar.gz')).err, 'there is no folder');
});

test('without a database there is nothing to back up', async ({ folder }) => {
  const { code, err } = await cli(['backup', '.', '--state-dir', join(folder, 'none')], { cwd: folder });
  assert.is(code, 1);
  assert.match(err, 'there is no database');
});

test('a restore keeps the database that was there, and leaves alone what people have changed', async (context) => {
  const { stateDir } = context;
  const file = await backUp(context);
  const store = openStore(join(stateDir, 'tmuxlet.db'), { now: Date.now });
  addProject(store, manifestOf('newer'));
  store.close();
  writeFileSync(join(stateDir, 'manifests', 'web.json'), 'changed since');
  const { code, out, err } = await context.run('restore', file);
  assert.is(code, 0, err);
  const [, aside = ''] = /^the database before kept: (.*)$/m.exec(out) ?? [];
  const before = readStore(aside);
  assert.equal(
    before.projects().map(({ name }) => name),
    ['newer', 'web'],
  );
  before.close();
  const after = readStore(join(stateDir, 'tmuxlet.db'));
  assert.equal(
    after.projects().map(({ name }) => name),
    ['web'],
  );
  after.close();
  assert.equal(eventsOf(stateDir), ['Restored']);
  assert.is(readFileSync(join(stateDir, 'manifests', 'web.json'), 'utf8'), 'changed since');
  assert.is(statSync(join(stateDir, 'tmuxlet.db')).mode & 0o777, 0o600);
});

test('a database that is damaged is no hindrance to a restore', async (context) => {
  const file = await backUp(context);
  writeFileSync(join(context.stateDir, 'tmuxlet.db'), 'no database at all');
  assert.is((await context.run('restore', file)).code, 0);
  assert.equal(eventsOf(context.stateDir), ['Restored']);
});

test('a dry run says the same, and changes nothing', async (context) => {
  const file = await backUp(context);
  const before = filesBelow(context.folder);
  const { code, out } = await context.run('restore', file, '--dry-run');
  assert.is(code, 0);
  assert.match(out, 'the database before would be kept: ');
  assert.equal(filesBelow(context.folder), before);
});

/** A backup that somebody has had in hand: unpacked, changed and packed anew as it should not be. */
const tampered = async (context: Context, change: (folder: string) => void | Promise<void>): Promise<string> => {
  const folder = join(context.folder, 'open');
  mkdirSync(folder);
  await extract({ cwd: folder, file: await backUp(context) });
  await change(folder);
  const file = join(context.folder, 'tampered.tar.gz');
  await create({ cwd: folder, file, gzip: true }, readdirSync(folder));
  return file;
};

for (const [what, change, message] of [
  ['changed', (folder) => writeFileSync(join(folder, 'owner'), 'me'), /owner is not as it was packed/],
  ['added to', (folder) => writeFileSync(join(folder, 'evil'), 'me'), /evil is not as it was packed/],
  ['robbed of its contents', (folder) => writeFileSync(join(folder, 'backup.json'), '{}'), /is no whole backup/],
] as readonly (readonly [string, (folder: string) => void, RegExp])[]) {
  test(`a backup that was ${what} is refused, and nothing is changed`, async (context) => {
    const file = await tampered(context, change);
    const before = filesBelow(context.stateDir);
    const { code, err } = await context.run('restore', file);
    assert.is(code, 1);
    assert.match(err, message);
    assert.equal(filesBelow(context.stateDir), before);
  });
}

/** A backup with other contents, packed as it should be. */
const repacked = async (
  context: Context,
  about: object,
  change: (folder: string) => void = () => {},
): Promise<string> => {
  const work = mkdtempSync(join(context.folder, 'repack-'));
  const original = join(work, 'b.tar.gz');
  assert.is((await context.run('backup', original)).code, 0);
  const folder = join(work, 'open');
  const contents = await unpack(original, folder);
  change(folder);
  const file = join(work, 'repacked.tar.gz');
  await pack(folder, { ...contents, ...about }, file);
  return file;
};

test('a backup is refused that is of a newer schema, another installation, or has a damaged database', async (context) => {
  const { run } = context;
  const newer = await repacked(context, { schema: 999, tmuxlet: '9.9.9' });
  assert.match((await run('restore', newer)).err, /has schema 999, and .* up to \d+: restore it with tmuxlet 9\.9\.9/);

  const others = await repacked(context, { ownerId: '22222222-2222-4222-8222-222222222222' });
  assert.match((await run('restore', others)).err, 'belongs to another installation');

  const damaged = await repacked(context, {}, (open) => truncateSync(join(open, 'tmuxlet.db'), 8192));
  const { err } = await run('restore', damaged);
  assert.match(err, /damaged|malformed|cannot open/);
  assert.ok(
    err.includes(`the database in ${damaged}`) && !err.includes('/restore-'),
    `of a file that is there: ${err}`,
  );
  assert.equal(eventsOf(context.stateDir), []);
});

test('what is no archive, cut short, or not there is said in one line', async (context) => {
  const file = await backUp(context);
  truncateSync(file, statSync(file).size >> 1);
  writeFileSync(join(context.folder, 'text'), 'hello');
  for (const [name, message] of [
    ['b.tar.gz', /^error: .* is no whole backup: .*\n$/],
    ['text', /^error: .* is no whole backup: .*\n$/],
    ['none', /^error: there is no file .*\n$/],
  ] as const) {
    const { code, err } = await context.run('restore', name);
    assert.is(code, 1);
    assert.match(err, message);
  }
});

test.run();
