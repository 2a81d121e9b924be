import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openKeepsakes } from '../../src/adapters/keepsakes.ts';
import { copiesDue, type CopyKeeping } from '../../src/adapters/kept-copies.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('copies of sessions that are ended');
const { path: folder, remove } = temporaryFolder();
test.after(remove);

const archive = join(folder, 'archive');
const backups = join(folder, 'backups');
const notes: unknown[] = [];
const keeping: CopyKeeping = {
  limits: { days: 30, maxBytes: 1_000_000 },
  clock: systemClock(),
  note: (_, message, fields) => void notes.push([message, fields]),
};
const keepsakes = openKeepsakes(archive, backups, keeping);

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

/** A copy made so many days before day 100, of so many bytes. */
const aged = (days: number, bytes = 1) => ({ path: `d${days}`, madeAt: (100 - days) * 86_400_000, bytes });
const due = (copies: readonly ReturnType<typeof aged>[], maxBytes = 1000): readonly string[] =>
  copiesDue(copies, { days: 30, maxBytes }, 100 * 86_400_000).map(({ path }) => path);

test('old copies go, the oldest first; but the ten newest stay, whatever the clock says', () => {
  const young = Array.from({ length: 10 }, (_, day) => aged(day));
  assert.equal(due([aged(31), ...young, aged(90), aged(29)]), ['d90', 'd31']);
  assert.equal(due(young.map(({ bytes }, day) => aged(day + 1000, bytes))), []);
});

test('what is too much goes from the oldest on; the newest stays, however large it is', () => {
  assert.equal(due([aged(1, 400), aged(3, 400), aged(2, 400)]), ['d3']);
  assert.equal(due([aged(1, 5000), aged(2), aged(3)]), ['d3', 'd2']);
  assert.equal(due([]), []);
});

test('each copy that is made has the folder cleared of what is due, and of nothing that people put there', async () => {
  const folder = join(archive, 'cleared');
  const tight = openKeepsakes(folder, `${folder}-backups`, { ...keeping, limits: { days: 30, maxBytes: 10 } });
  const first = await tight.keepScreens('web-7-2026-01-02T03-04-05.678Z', 'x'.repeat(8));
  writeFileSync(join(folder, 'notes-2026.txt'), 'of a person, and long');
  const second = await tight.keepScreens('web-7-2026-01-03T03-04-05.678Z', 'y'.repeat(8));
  assert.equal(readdirSync(folder).sort(), ['notes-2026.txt', basename(second)]);
  assert.equal(notes.splice(0), [['copies dropped', { folder, copies: [first] }]]);

  const old = await tight.keepSession('web-2026-01-02T03-04-05.678Z', {
    'a.txt': 'x'.repeat(6),
    'b.txt': 'x'.repeat(6),
  });
  const young = await tight.keepSession('web-2026-01-02T03-04-06.000Z', { 'a.txt': 'x' });
  assert.equal(readdirSync(`${folder}-backups`), [basename(young)]);
  assert.equal(notes.splice(0), [['copies dropped', { folder: `${folder}-backups`, copies: [old] }]]);
});

test('what cannot be dropped is told, and the copy is kept all the same', async () => {
  const folder = join(archive, 'stuck');
  const tight = openKeepsakes(folder, backups, { ...keeping, limits: { days: 30, maxBytes: 0 } });
  mkdirSync(folder);
  symlinkSync('/nowhere', join(folder, 'web-7-2026-01-02T03-04-05.678Z.txt'));
  const file = await tight.keepScreens('web-7-2026-01-03T03-04-05.678Z', 'last words');
  assert.is(readFileSync(file, 'utf8'), 'last words');
  const [[message] = []] = notes.splice(0) as unknown[][];
  assert.is(message, 'copies not dropped');
});

test.run();
