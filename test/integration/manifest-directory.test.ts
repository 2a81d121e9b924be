import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { type ManifestDirectory, openManifestDirectory } from '../../src/adapters/manifests/manifest-directory.ts';
import type { SpecFile } from '../../src/api/ports/manifests.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestText } from '../helpers/manifests.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

interface Context {
  root: string;
  /** The manifest directory. */
  dir: string;
  source: ManifestDirectory;
  remove: () => void;
}

const test = suite<Context>('the manifest directory');

test.before.each((context) => {
  const folder = temporaryFolder();
  context.root = folder.path;
  context.remove = folder.remove;
  context.dir = join(folder.path, 'm');
  fs.mkdirSync(context.dir);
  context.source = open(context);
});

test.after.each(async (context) => {
  await context.source.close();
  context.remove();
});

const open = ({ root, dir }: Pick<Context, 'root' | 'dir'>): ManifestDirectory =>
  openManifestDirectory(dir, {
    archive: join(root, 'archive'),
    deviceFile: join(root, 'device.json'),
    clock: systemClock(),
  });

const listed = async (source: ManifestDirectory): Promise<readonly SpecFile[]> => {
  const listing = await source.list();
  assert.is(listing.seen, 'Present');
  return listing.seen === 'Present' ? listing.value : [];
};

const save = ({ dir }: Context, name: string, text = manifestText(name)): string => {
  const file = join(dir, `${name}.json`);
  fs.writeFileSync(file, text);
  return file;
};

test('manifests are listed, and what editors leave beside them is not', async (context) => {
  const { dir, source } = context;
  save(context, 'web');
  fs.writeFileSync(join(dir, 'api.yaml'), manifestText('api'));
  fs.writeFileSync(join(dir, 'db.yml'), manifestText('db'));
  for (const name of ['.hidden.json', 'web.json~', '#web.json#', '.web.json.swp', 'web.json.bak', 'notes.txt']) {
    fs.writeFileSync(join(dir, name), 'not a manifest');
  }
  fs.mkdirSync(join(dir, 'folder.json'));
  const files = await listed(source);
  assert.equal(
    files.map(({ file }) => basename(file)),
    ['api.yaml', 'db.yml', 'web.json'],
  );
  assert.equal(
    files.flatMap(({ names }) => names),
    ['api', 'db', 'web'],
  );
});

test('a relative directory is refused: it would mean another one elsewhere (failure 54)', ({ root }) => {
  assert.throws(() => open({ root, dir: 'manifests' }), /must be an absolute path: manifests/);
});

test('a directory that is not there is Unknown, not empty (failure 8)', async ({ dir, source }) => {
  fs.rmdirSync(dir);
  const listing = await source.list();
  assert.is(listing.seen, 'Unknown');
});

test('an empty directory is Present and empty', async ({ source }) => {
  assert.equal(await listed(source), []);
});

test('a directory that is empty on another device than before is Unknown, after a restart too', async (context) => {
  save(context, 'web');
  await listed(context.source);
  // What the file would say had the manifests been on a disk that is not mounted now.
  const deviceFile = join(context.root, 'device.json');
  const remembered = JSON.parse(fs.readFileSync(deviceFile, 'utf8'));
  fs.writeFileSync(deviceFile, JSON.stringify({ ...remembered, device: '0' }));
  fs.rmSync(join(context.dir, 'web.json'));

  const restarted = open(context);
  const listing = await restarted.list();
  assert.is(listing.seen, 'Unknown');
  assert.match(listing.seen === 'Unknown' ? listing.reason : '', 'is a mount missing?');
  save(context, 'web');
  assert.is((await listed(restarted)).length, 1);
  await restarted.close();
});

test('a device that could not be written down is written with the next listing', async (context) => {
  save(context, 'web');
  const deviceFile = join(context.root, 'device.json');
  fs.mkdirSync(deviceFile);
  assert.is((await context.source.list()).seen, 'Unknown');
  fs.rmdirSync(deviceFile);
  await listed(context.source);
  assert.ok(fs.statSync(deviceFile).isFile());
});

test('a file that cannot be read is an error of its own and keeps its names', async (context) => {
  const file = save(context, 'web');
  save(context, 'api');
  await listed(context.source);
  fs.rmSync(file);
  fs.symlinkSync('/nowhere', file);
  const [api, web] = await listed(context.source);
  assert.equal([api?.errors, api?.names], [[], ['api']]);
  assert.equal([web?.projects, web?.names], [[], ['web']]);
  assert.match(String(web?.errors), 'web.json: cannot be read');
});

test('a huge file, and what is no file at all, are errors and hold nothing up', async (context) => {
  save(context, 'huge', ' '.repeat(2_000_000));
  fs.mkdirSync(join(context.root, 'elsewhere'));
  fs.symlinkSync(join(context.root, 'elsewhere'), join(context.dir, 'link.json'));
  execFileSync('mkfifo', [join(context.dir, 'pipe.json')]);
  const [huge, link, pipe] = await listed(context.source);
  assert.match(String(huge?.errors), 'larger than');
  assert.match(String(link?.errors), 'no regular file');
  assert.match(String(pipe?.errors), 'no regular file');
});

test('a file torn in the middle of a save is an error for now, and read again when it is whole (failure 52)', async (context) => {
  const text = manifestText('web');
  const file = save(context, 'web', text.slice(0, 90));
  const [torn] = await listed(context.source);
  assert.equal([torn?.projects.length, torn?.names, torn?.errors.length], [0, ['web'], 1]);
  fs.appendFileSync(file, text.slice(90));
  const [whole] = await listed(context.source);
  assert.equal([whole?.projects.length, whole?.errors], [1, []]);
});

test('what has not changed is not read again', async (context) => {
  for (let index = 0; index < 1000; index += 1) {
    const file = save(context, `p${index}`);
    // Files changed a moment ago are always read again, for they may change within one tick of the clock.
    fs.utimesSync(file, 1, 1);
  }
  const first = await listed(context.source);
  const second = await listed(context.source);
  assert.is(first.length, 1000);
  assert.ok(second.every((file, index) => file === first[index]));
});

/** How often the source hinted, and a way to await the next time. */
const hintsOf = async (source: ManifestDirectory): Promise<() => Promise<void>> => {
  let hints = 0;
  source.onHint(() => {
    hints += 1;
  });
  // The watcher hints once by itself when it is ready.
  await eventually(() => hints > 0);
  return async () => {
    const before = hints;
    await eventually(() => hints > before, { withinMs: 10_000 });
  };
};

const pathIn = async (source: ManifestDirectory, name: string): Promise<string | undefined> => {
  const files = await listed(source);
  return files.flatMap(({ projects }) => projects).find(({ metadata }) => metadata.name === name)?.spec.path;
};

test('every way of saving is noticed: in place, by rename, with a backup', async (context) => {
  const { dir, source } = context;
  const file = save(context, 'web');
  const next = await hintsOf(source);
  const saves: Record<string, (text: string) => void> = {
    '/in-place': (text) => fs.writeFileSync(file, text),
    '/by-rename': (text) => {
      fs.writeFileSync(join(dir, '.web.tmp'), text);
      fs.renameSync(join(dir, '.web.tmp'), file);
    },
    '/with-backup': (text) => {
      fs.renameSync(file, `${file}~`);
      fs.writeFileSync(file, text);
    },
  };
  for (const [path, write] of Object.entries(saves)) {
    const hint = next();
    write(manifestText('web', { path }));
    await hint;
    await eventually(async () => (await pathIn(source, 'web')) === path);
  }
});

test('the swap of a symlink, as a ConfigMap is updated, is noticed', async ({ dir, source }) => {
  const version = (name: string, path: string): void => {
    fs.mkdirSync(join(dir, name));
    fs.writeFileSync(join(dir, name, 'web.json'), manifestText('web', { path }));
    fs.symlinkSync(name, join(dir, '..data_tmp'));
    fs.renameSync(join(dir, '..data_tmp'), join(dir, '..data'));
  };
  version('..1', '/one');
  fs.symlinkSync('..data/web.json', join(dir, 'web.json'));
  const next = await hintsOf(source);
  for (const [name, path] of [
    ['..2', '/two'],
    ['..3', '/three'],
  ] as const) {
    const hint = next();
    version(name, path);
    await hint;
    assert.is(await pathIn(source, 'web'), path);
  }
});

test('a directory that is removed and made again is still watched, even when it was away for a while', async (context) => {
  const { dir, source } = context;
  save(context, 'web');
  const next = await hintsOf(source);
  const gone = next();
  fs.rmSync(dir, { recursive: true });
  await gone;
  assert.is((await source.list()).seen, 'Unknown');
  const back = next();
  fs.mkdirSync(dir);
  await back;
  for (const path of ['/first', '/second']) {
    save(context, 'web', manifestText('web', { path }));
    await next();
    assert.is(await pathIn(source, 'web'), path);
  }
});

test('a thousand files at once are all seen', async (context) => {
  const { source } = context;
  const next = await hintsOf(source);
  const hint = next();
  for (let index = 0; index < 1000; index += 1) save(context, `p${index}`);
  await hint;
  await eventually(async () => (await listed(source)).filter(({ projects }) => projects.length === 1).length === 1000);
});

test('a file that is not UTF-8 is refused where it is not, and no edit writes what was guessed of it', async (context) => {
  const file = save(context, 'web');
  const bytes = Buffer.from(`# caf\xe9\n${manifestText('web')}`, 'latin1');
  fs.writeFileSync(file, bytes);
  const [spec] = await listed(context.source);
  assert.match(String(spec?.errors), `${file}:1:6: is not UTF-8`);
  const refusal = await context.source.setSuspend(file, 'web', true).then(
    () => null,
    (error: Error) => error.message,
  );
  assert.match(String(refusal), ':1:6: is not UTF-8');
  assert.equal(fs.readFileSync(file), bytes);
});

test.run();
