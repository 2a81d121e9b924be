import { execFileSync, spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { manPage } from '../../scripts/generate-man-page.ts';
import { processIo } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';

const test = suite('the man page');

test('has nothing that mandoc complains about', async () => {
  const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'style'], { encoding: 'utf8', input: await manPage() });
  // Which other pages are installed here says nothing about this one.
  const complaints = stdout.split('\n').filter((line) => line !== '' && !line.includes('referenced manual not found'));
  assert.equal(complaints, []);
});

test('shows every verb with its arguments, and every flag', async () => {
  const shown = execFileSync('mandoc', ['-T', 'ascii'], { encoding: 'utf8', input: await manPage() }).replaceAll(
    /.\x08/g,
    '',
  );
  const { commands, options } = await createProgram(processIo({}), [], () => {});
  for (const command of commands.filter((each) => each.name() !== 'complete')) {
    assert.match(shown, new RegExp(`^ +${command.name()}( |$)`, 'm'));
  }
  for (const { long } of [...options, ...commands.flatMap((command) => command.options)]) {
    assert.ok(shown.includes(long ?? ''), long);
  }
  assert.match(shown, /^ {5}get \[options\] \[kind\] \[names \.\.\.\]$/m);
  assert.match(shown, /--state-sync-dry-run \[true\|false\]/);
});

test.run();
