import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually } from '../helpers/eventually.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the runner itself over fixtures, as a person would. */
function run(...args: string[]): { code: number | null; out: string; lastLine: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['test/run.ts', '--timeout', '4', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, out: stdout + stderr, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' };
}
const fixture = (name: string): string => `test/runner/fixtures/${name}.fixture.ts`;

/** Gone, or a zombie that nobody has collected yet. */
const hasEnded = (pid: string): boolean =>
  !existsSync(`/proc/${pid}/stat`) || readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] === 'Z';

const isTestFile = (pid: string): boolean =>
  pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('.fixture.ts');

const test = suite('test runner');

test('a passing file is one line with its counts, and the sum stands alone on the last line', () => {
  const { code, out, lastLine } = run(fixture('passing'));
  assert.is(code, 0);
  assert.match(out, /^• test\/runner\/fixtures\/passing\.fixture\.ts: 2 passed, 1 skipped \(\d+\.\d s\)$/m);
  assert.is(lastLine, '2 passed, 0 failed, 1 skipped');
});

test('a failed file is printed whole, and the passing one beside it still counts', () => {
  const { code, out, lastLine } = run(fixture('passing'), fixture('failing'));
  assert.is(code, 1);
  assert.match(out, /✘ test\/runner\/fixtures\/failing\.fixture\.ts: 1 of 2 failed/);
  assert.match(out, /one is not two/);
  assert.is(lastLine, '3 passed, 1 failed, 1 skipped');
});

/** What uvu alone ends with exit code 0 (or never), and what the runner must say of it. */
const FALSE_GREENS: Readonly<Record<string, RegExp>> = {
  'before-throws': /the before hook of suite "before" threw: Error: no set-up/,
  'after-each-throws': /the after\.each hook of suite "after each" threw: Error: no clean-up/,
  'after-throws': /the after hook of suite "after" threw: Error: no end/,
  'non-error': /threw something that is not an Error: 'a string'/,
  'no-run': /suite "forgotten" has tests but its \.run\(\) was never called/,
  'one-suite-not-run': /suite "second" has tests but its \.run\(\) was never called/,
  only: /suite "only" has a test marked \.only, so that its other tests did not run/,
  'open-handle': /did not end: its tests were through, but an open handle/,
  hanging: /did not end in time: a test or a hook is still waiting/,
  'never-settles': /ended with code 1 before uvu gave its summary/,
  exits: /ended with code 1 before uvu gave its summary/,
  'all-skipped': /every test is skipped: nothing was tested/,
  empty: /holds no test/,
  'rejects-later': /ended with code 1 although every test passed/,
  killed: /was killed by SIGKILL/,
};

const falseGreens = run(...Object.keys(FALSE_GREENS).map(fixture));

for (const [name, message] of Object.entries(FALSE_GREENS)) {
  test(`${name} is a failure that says why`, () => {
    const parts = falseGreens.out.split(/^(?=✘ )/m);
    const report = parts.find((part) => part.startsWith(`✘ ${fixture(name)}: `)) ?? 'no failure';
    assert.match(report, message);
  });
}

test('each of them counts as failed, and the exit code says so', () => {
  assert.is(falseGreens.code, 1);
  const failed = Number(/(\d+) failed/.exec(falseGreens.lastLine)?.[1]);
  assert.ok(failed >= Object.keys(FALSE_GREENS).length, falseGreens.lastLine);
});

test('every fixture is used, and none is taken for a test file', () => {
  const names = globSync('test/runner/fixtures/*', { cwd: root }).map((path) => path.split('/').at(-1) ?? '');
  const used = [...Object.keys(FALSE_GREENS), 'passing', 'failing', 'leaves-things'];
  assert.equal(names.sort(), used.map((name) => `${name}.fixture.ts`).sort());
});

test('no matching file is a failure', () => {
  const { code, out, lastLine } = run('no-such-file');
  assert.is(code, 1);
  assert.match(out, /no test file matches "no-such-file"/);
  assert.is(lastLine, '0 passed, 1 failed, 0 skipped');
});

test('processes that a test left behind end with its file, daemons too, and its temporary files go', () => {
  const { out } = run(fixture('leaves-things'));
  const left = /^left (.*)$/m.exec(out)?.[1];
  const { child, daemon, folder } = JSON.parse(left ?? out) as { child: number; daemon: number; folder: string };
  for (const pid of [child, daemon]) assert.ok(hasEnded(String(pid)), `process ${pid} lives on`);
  assert.not.ok(existsSync(folder), `${folder} is still there`);
});

test('an interrupted run ends the files under way and is no success', async () => {
  const runner = spawn(process.execPath, ['test/run.ts', fixture('hanging')], { cwd: root, stdio: 'ignore' });
  const exited = once(runner, 'exit');
  const file = await eventually(() =>
    readFileSync(`/proc/${runner.pid}/task/${runner.pid}/children`, 'utf8').trim().split(' ').find(isTestFile),
  );
  runner.kill('SIGINT');
  assert.equal(await exited, [1, null]);
  assert.ok(hasEnded(file), `process ${file} lives on`);
});

test('an unknown option is named in one line', () => {
  const { code, out } = run('--fast');
  assert.is(code, 2);
  assert.match(out, /^Unknown option '--fast'/);
  assert.not.match(out, /\n\s+at /);
});

test.run();
