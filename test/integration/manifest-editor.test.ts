import fs from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openManifestDirectory, type ManifestDirectory } from '../../src/adapters/manifests/manifest-directory.ts';
import { type SingleManifest, splitManifests } from '../../src/adapters/manifests/split.ts';
import { manifestText } from '../helpers/manifests.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

interface Context {
  root: string;
  dir: string;
  editor: ManifestDirectory;
  remove: () => void;
}

const test = suite<Context>('editing the manifest directory');

test.before.each((context) => {
  const folder = temporaryFolder();
  context.root = folder.path;
  context.remove = folder.remove;
  context.dir = join(folder.path, 'm');
  fs.mkdirSync(context.dir);
  context.editor = openManifestDirectory(context.dir, { archive: join(folder.path, 'archive'), clock: systemClock() });
});

test.after.each(({ remove }) => remove());

const single = (name: string, spec: object = {}): SingleManifest => {
  const [manifest] = splitManifests(manifestText(name, spec), '/m/x.json');
  assert.ok(manifest);
  return manifest;
};

const rejects = async (work: Promise<unknown>, expected: string): Promise<void> => {
  const error = await work.then(
    () => new Error('it was done'),
    (reason: Error) => reason,
  );
  assert.equal([error.name, error.message.includes(expected)], ['UserError', true], `${error.name}: ${error.message}`);
};

test('applying a Project makes its file, applying it again changes nothing, applying a change configures it', async ({
  dir,
  editor,
}) => {
  const file = join(dir, 'web.json');
  assert.equal(await editor.write(single('web')), { file, result: 'created' });
  const { mtimeMs } = fs.statSync(file);
  assert.equal(await editor.write(single('web')), { file, result: 'unchanged' });
  assert.is(fs.statSync(file).mtimeMs, mtimeMs);
  assert.equal(await editor.write(single('web', { priority: 3 })), { file, result: 'configured' });
  assert.is(JSON.parse(fs.readFileSync(file, 'utf8')).spec.priority, 3);
});

test('applying goes to the file that declares the Project already, whatever it is called', async ({ dir, editor }) => {
  const file = join(dir, 'all.yaml');
  fs.writeFileSync(file, `# both\n${manifestText('web')}---\n# the api\n${manifestText('api')}`);
  assert.equal(await editor.write(single('web', { priority: 3 })), { file, result: 'configured' });
  assert.equal(fs.readdirSync(dir), ['all.yaml']);
  assert.match(fs.readFileSync(file, 'utf8'), '# the api');
});

test('a broken manifest is mended by applying a good one, but not when others stand in its file', async ({
  dir,
  editor,
}) => {
  const alone = join(dir, 'web.json');
  fs.writeFileSync(alone, manifestText('web').slice(0, 90));
  assert.is((await editor.write(single('web'))).result, 'configured');
  const shared = join(dir, 'more.yaml');
  const text = `${manifestText('a')}---\n${manifestText('b', { oops: 1 })}`;
  fs.writeFileSync(shared, text);
  await rejects(editor.write(single('a', { priority: 3 })), 'mend the file first');
  assert.is(fs.readFileSync(shared, 'utf8'), text);
});

test('a file of that name which declares something else is not overwritten', async ({ dir, editor }) => {
  fs.writeFileSync(join(dir, 'web.json'), manifestText('other'));
  await rejects(editor.write(single('web')), 'declares something else');
});

test('suspending edits the text, keeps the mode of the file, and is no change when it is so already', async ({
  dir,
  editor,
}) => {
  const file = join(dir, 'web.json');
  fs.writeFileSync(file, manifestText('web'));
  fs.chmodSync(file, 0o640);
  assert.is(await editor.setSuspend(file, 'web', true), true);
  assert.is(await editor.setSuspend(file, 'web', true), false);
  assert.is(JSON.parse(fs.readFileSync(file, 'utf8')).spec.suspend, true);
  assert.is(fs.statSync(file).mode & 0o777, 0o640);
});

test('suspending one of two Projects that share an anchor is refused, and the file stays as it is', async ({
  dir,
  editor,
}) => {
  const file = join(dir, 'two.yaml');
  const item = (name: string, spec: string) =>
    `- apiVersion: tmuxlet.dev/v1\n  kind: Project\n  metadata: {name: ${name}}\n  spec: ${spec}\n`;
  const spec = '&s {path: /, session: {windows: [{name: m, command: x}]}}';
  const text = `apiVersion: tmuxlet.dev/v1\nkind: List\nitems:\n${item('a', spec)}${item('b', '*s')}`;
  fs.writeFileSync(file, text);
  await rejects(editor.setSuspend(file, 'a', true), 'cannot be changed safely');
  await rejects(editor.setSuspend(file, 'b', true), 'cannot be changed safely');
  assert.is(fs.readFileSync(file, 'utf8'), text);
});

test('suspending what a file does not declare, or a file that is broken or gone, is a clear error', async ({
  dir,
  editor,
}) => {
  const file = join(dir, 'web.json');
  fs.writeFileSync(file, manifestText('web'));
  await rejects(editor.setSuspend(file, 'api', true), 'does not declare api');
  fs.writeFileSync(file, '{');
  await rejects(editor.setSuspend(file, 'web', true), 'mend the file first');
  fs.rmSync(file);
  await rejects(editor.setSuspend(file, 'web', true), 'no such file');
});

test('removing a Project takes its file, or only its part of a shared one', async ({ dir, editor }) => {
  const own = join(dir, 'web.json');
  fs.writeFileSync(own, manifestText('web'));
  const shared = join(dir, 'two.yaml');
  fs.writeFileSync(shared, `${manifestText('a')}---\n${manifestText('b')}`);
  assert.is(await editor.remove(own, 'web'), true);
  assert.is(await editor.remove(shared, 'a'), true);
  assert.is(await editor.remove(shared, 'a'), false);
  assert.equal(fs.readdirSync(dir), ['two.yaml']);
  assert.not.match(fs.readFileSync(shared, 'utf8'), '"a"');
});

test('removing a Project from a broken file takes the file, unless others stand in it', async ({ dir, editor }) => {
  const own = join(dir, 'web.json');
  fs.writeFileSync(own, manifestText('web', { oops: 1 }));
  const shared = join(dir, 'two.yaml');
  fs.writeFileSync(shared, `${manifestText('a', { oops: 1 })}---\n${manifestText('b')}`);
  assert.is(await editor.remove(own, 'web'), true);
  await rejects(editor.remove(shared, 'a'), 'mend the file first');
  assert.equal(fs.readdirSync(dir), ['two.yaml']);
});

test('archiving keeps the manifest outside of the directory, also when it was moved, and once is enough', async ({
  root,
  dir,
  editor,
}) => {
  const moved = join(dir, 'moved.json');
  fs.writeFileSync(moved, manifestText('web'));
  await editor.archive(join(dir, 'web.json'), 'web');
  await editor.archive(join(dir, 'web.json'), 'web');
  assert.equal(fs.readdirSync(dir), []);
  const archived = fs.readdirSync(join(root, 'archive'));
  assert.is(archived.length, 1);
  assert.is(fs.readFileSync(join(root, 'archive', String(archived[0])), 'utf8'), manifestText('web'));
});

test('a manifest behind a symlink is edited where it is, and the link stays', async ({ root, dir, editor }) => {
  const target = join(root, 'real.json');
  fs.writeFileSync(target, manifestText('web'));
  const link = join(dir, 'web.json');
  fs.symlinkSync(target, link);
  await editor.setSuspend(link, 'web', true);
  assert.is(fs.lstatSync(link).isSymbolicLink(), true);
  assert.is(JSON.parse(fs.readFileSync(target, 'utf8')).spec.suspend, true);
});

test.run();
