import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLogFiles } from '../../src/adapters/log-files.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const folder = temporaryFolder();
const newLogs = (name: string, keep = 2) => {
  const directory = join(folder.path, name);
  return { directory, logs: openLogFiles(directory, { maxBytes: 10, keep }) };
};

const test = suite('log files');

test.after(folder.remove);

test('a window’s log lies in its Project’s folder', () => {
  const { directory, logs } = newLogs('paths');
  assert.is(logs.pathOf('web', 'main'), join(directory, 'web/main.log'));
  assert.not(existsSync(directory), 'asking for a path makes nothing');
  writeFileSync(logs.prepare('web', 'main'), 'x');
});

test('no name leads out of the directory', () => {
  const { logs } = newLogs('escape');
  for (const name of ['..', 'a/b', '', '.']) {
    assert.throws(() => logs.pathOf(name, 'main'), /cannot be part/);
    assert.throws(() => logs.pathOf('web', name), /cannot be part/);
  }
});

test('only logs beyond the limit are due', async () => {
  const { logs } = newLogs('due');
  assert.equal(await logs.rotateDue(), []);
  writeFileSync(logs.prepare('web', 'main'), 'x'.repeat(11));
  writeFileSync(logs.prepare('web', 'side'), 'x'.repeat(10));
  writeFileSync(`${logs.prepare('api', 'main')}.1`, 'x'.repeat(11));
  assert.equal(await logs.rotateDue(), [{ project: 'web', window: 'main' }]);
});

test('rotation keeps as many as asked, the newest as .1', async () => {
  const { directory, logs } = newLogs('rotated');
  const file = logs.prepare('web', 'main');
  for (const text of ['first', 'second', 'third']) {
    writeFileSync(file, text);
    await logs.rotate({ project: 'web', window: 'main' });
  }
  assert.equal(readdirSync(join(directory, 'web')).sort(), ['main.log', 'main.log.1', 'main.log.2']);
  assert.is(readFileSync(`${file}.1`, 'utf8'), 'third');
  assert.is(readFileSync(`${file}.2`, 'utf8'), 'second');
  await logs.rotate({ project: 'web', window: 'main' });
});

test('who writes on while a log is rotated goes on undisturbed: nothing twice, all but nothing lost', async () => {
  const { logs } = newLogs('firehose', 50);
  const file = logs.prepare('web', 'main');
  const writer = spawn('sh', ['-c', 'seq 1 400000 | cat >>"$0"', file]);
  const ended = once(writer, 'exit');
  let rotations = 0;
  while (writer.exitCode === null && rotations < 40) {
    await logs.rotate({ project: 'web', window: 'main' });
    rotations += 1;
  }
  await ended;
  const files = Array.from({ length: rotations }, (_, index) => `${file}.${rotations - index}`);
  const text = [...files, file].map((each) => (existsSync(each) ? readFileSync(each, 'utf8') : '')).join('');
  const lines = text.trimEnd().split('\n').map(Number);
  // What is written between the copy and the emptying is lost: how much that is, the machine decides.
  assert.ok(lines.length > 200_000, `${400_000 - lines.length} lost in ${rotations} rotations`);
  // The two halves of lines around what was lost may read like another one: one a rotation, and no more.
  assert.ok(lines.length - new Set(lines).size <= rotations);
});

test('with none to keep the log itself is emptied', async () => {
  const { logs } = newLogs('none', 0);
  const file = logs.prepare('web', 'main');
  writeFileSync(file, 'x');
  await logs.rotate({ project: 'web', window: 'main' });
  assert.is(readFileSync(file, 'utf8'), '');
});

test.run();
