import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sizeText } from '../../src/cli/output/size.ts';
import { inOrder, type Order } from '../../src/cli/top/order.ts';
import type { Sample, TopRow } from '../../src/cli/top/sample.ts';
import { type Look, screenText } from '../../src/cli/top/screen-text.ts';

const test = suite('the screen of top');

const rowOf = (name: string, row: Partial<TopRow> = {}): TopRow => ({
  uid: name,
  name,
  phase: 'Running',
  reason: 'Running',
  message: `session ${name}`,
  createdAt: 0,
  attempt: 1,
  restarts: 0,
  stalled: false,
  unknown: false,
  lastBeatAt: null,
  processes: 2,
  memoryBytes: 1024 ** 2,
  cpu: 0.5,
  ...row,
});

const sampleOf = (rows: readonly TopRow[]): Sample => ({
  at: 60_000,
  rows,
  queues: [{ name: 'default', maxConcurrent: 20, admitted: 3, waiting: 2 }],
  checks: [{ name: 'store', ok: true, message: '' }],
});

const wide: Look = {
  sort: 'trouble',
  reversed: false,
  width: Infinity,
  height: Infinity,
  offset: 0,
  paint: picocolors.createColors(false),
  stateDir: '/state',
};

test('what needs a look comes first, the quiet last, and equals by name', () => {
  const rows = [
    rowOf('z'),
    rowOf('done', { phase: 'Completed' }),
    rowOf('a'),
    rowOf('off', { phase: 'Suspended' }),
    rowOf('queued', { phase: 'Queued' }),
    rowOf('blind', { unknown: true }),
    rowOf('again', { phase: 'BackingOff' }),
    rowOf('silent', { stalled: true }),
    rowOf('broken', { phase: 'Failed' }),
  ];
  const names = inOrder(rows, { sort: 'trouble', reversed: false }).map(({ name }) => name);
  assert.equal(names, ['broken', 'silent', 'blind', 'again', 'queued', 'a', 'z', 'off', 'done']);
});

test('every other key puts the most of it first, and what has none last', () => {
  const rows = [
    rowOf('a', { cpu: null, memoryBytes: 1, createdAt: 1, restarts: 0, lastBeatAt: null }),
    rowOf('b', { cpu: 2, memoryBytes: 2, createdAt: 3, restarts: 5, lastBeatAt: 50 }),
    rowOf('c', { cpu: 1, memoryBytes: 3, createdAt: 2, restarts: 1, lastBeatAt: 10 }),
  ];
  const by = (sort: Order['sort'], reversed = false): string =>
    inOrder(rows, { sort, reversed })
      .map(({ name }) => name)
      .join('');
  assert.equal(
    [by('cpu'), by('memory'), by('age'), by('restarts'), by('heartbeat')],
    ['bca', 'cba', 'bca', 'bca', 'cba'],
  );
  assert.equal([by('name'), by('name', true), by('cpu', true)], ['abc', 'cba', 'acb']);
});

test('a pipe gets everything', () => {
  const rows = [
    rowOf('web'),
    rowOf('db', { phase: 'Failed', reason: 'Odd', message: 'no', cpu: null, memoryBytes: 0 }),
  ];
  const [, ...lines] = screenText(sampleOf(rows), wide);
  assert.equal(lines, [
    'Projects 2: 1 Running, 1 Failed',
    'Queues default 3/20 +2 waiting',
    'CPU 50%, memory 1.0 MiB, 4 processes',
    '',
    'NAME   PHASE     AGE   ATTEMPT   RESTARTS   BEAT   CPU   MEMORY    WHY',
    'db     Failed    60s   1         0          -      -     -         Odd: no',
    'web    Running   60s   1         0          -      50%   1.0 MiB   Running: session web',
  ]);
});

test('no line is wider than the terminal, and none has more lines than it, down to one column and row', () => {
  const rows = ['a-project-of-a-long-name', 'b', 'c', 'd', 'e', 'f'].map((name) => rowOf(name, { stalled: true }));
  for (const colours of [true, false]) {
    for (let width = 1; width <= 120; width += 7) {
      for (let height = 4; height <= 14; height++) {
        const look = { ...wide, width, height, paint: picocolors.createColors(colours) };
        const lines = screenText(sampleOf(rows), look);
        assert.ok(lines.length < height, `${lines.length} lines of ${height}`);
        // The phase is never cut: of a terminal so narrow nothing can be made.
        if (width < 20) continue;
        for (const line of lines) assert.ok(stripVTControlCharacters(line).length <= width, `${width}: ${line}`);
      }
    }
  }
});

test('who is not well is named, and so is that nobody is there', () => {
  const sample = { ...sampleOf([]), checks: [{ name: 'manifests', ok: false, message: 'not read yet' }] };
  assert.match(screenText(sample, wide)[0] ?? '', 'not well: manifests: not read yet');
  assert.match(screenText({ ...sample, checks: null }, wide)[0] ?? '', 'no controller is running');
});

test('sizes are short', () => {
  assert.equal([0, 1023, 1024, 10 * 1024, 1.5 * 1024 ** 3].map(sizeText), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '10 KiB',
    '1.5 GiB',
  ]);
});

test.run();
