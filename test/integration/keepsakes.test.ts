import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openKeepsakes } from '../../src/adapters/keepsakes.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('copies of sessions that are ended');
const { path: folder, remove } = temporaryFolder();
test.after(remove);

const archive = join(folder, 'archive');
const backups = join(folder, 'backups');
const keepsakes = openKeepsakes(archive, backups);

test('the last screens are one file, for its owner alone', async () => {
  const file = await keepsakes.keepScreens('web-7-2026', 'last words\n');
  assert.is(file, join(archive, 'web-7-2026.txt'));
  assert.is(readFileSync(file, 'utf8'), 'last words\n');
  assert.is(statSync(file).mode & 0o777, 0o600);
});

test('a copy of a session is a folder; a second one of that name overwrites nothing (failure 48)', async () => {
  const first = await keepsakes.keepSession('web-2026', { layout: 'one', 'pane-0.0.txt': 'screen' });
  const second = await keepsakes.keepSession('web-2026', { layout: 'two' });
  assert.equal([first, second], [join(backups, 'web-2026'), join(backups, 'web-2026.2')]);
  assert.is(readFileSync(join(first, 'layout'), 'utf8'), 'one');
  assert.equal(readdirSync(second), ['layout']);
});

test('a draft that a crash left behind is no copy, and is in nobody’s way', async () => {
  mkdirSync(join(backups, '.web-late'));
  writeFileSync(join(backups, '.web-late', 'half'), '');
  const path = await keepsakes.keepSession('web-late', { layout: 'whole' });
  assert.equal(readdirSync(path), ['layout']);
});

test('a name that leads elsewhere is refused', async () => {
  for (const name of ['', '.', '..', '../x', 'a/b', '/etc']) {
    for (const keep of [
      () => keepsakes.keepScreens(name, ''),
      () => keepsakes.keepSession(name, {}),
      () => keepsakes.keepSession('good', { [name]: '' }),
    ]) {
      const error = await keep().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      assert.match(error instanceof Error ? error.message : '', /cannot name a copy/, name);
    }
  }
});

test.run();
