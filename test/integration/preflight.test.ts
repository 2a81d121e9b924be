import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openPreflight } from '../../src/adapters/preflight/preflight.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import type { CheckResult } from '../../src/api/decision.ts';
import { Spec } from '../../src/api/manifest.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const folder = temporaryFolder();
const processes = openProcesses(systemClock());
const baseEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.path };
const preflight = openPreflight({ stateDir: folder.path, baseEnvironment, processes });

const newFolder = (name: string): string => {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
};
const newRepository = (name: string): string => {
  const path = newFolder(name);
  const git = (...args: string[]) => execFileSync('git', ['-C', path, ...args], { stdio: 'ignore' });
  git('init');
  writeFileSync(join(path, 'kept'), 'x');
  git('add', '.');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-m', 'first');
  return path;
};
const specOf = (path: string, checks: object = {}, session: object = {}): Spec =>
  Spec.parse({ path, session: { windows: [{ name: 'main', command: 'true' }], ...session }, preflight: checks });
const check = (...spec: Parameters<typeof specOf>): Promise<readonly CheckResult[]> =>
  preflight.check('web', specOf(...spec));
const resultOf = (results: readonly CheckResult[], name: string): CheckResult => {
  const result = results.find((each) => each.name === name);
  if (result === undefined) throw new Error(`no check ${name} among ${results.map((each) => each.name).join(', ')}`);
  return result;
};
/** Fails, says what was found, and how to mend it. */
const assertFails = (results: readonly CheckResult[], name: string, message: string | RegExp): void => {
  const found = resultOf(results, name);
  assert.is(found.result, 'Fail', found.message);
  assert.match(found.message, message);
  assert.ok(found.remedy !== '');
};
/** Everything below a folder with its time and content. */
const pictureOf = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mtimeMs, ino } = statSync(join(path, name));
      return `${name} ${mtimeMs} ${ino}`;
    });

const test = suite('pre-flight');

test.after(folder.remove);

test('a plain directory with nothing asked for passes', async () => {
  const results = await check(newFolder('plain'));
  assert.equal(
    results.map(({ name, result, remedy }) => `${name} ${result}${remedy}`),
    ['path Pass', 'tmux Pass', 'disk Pass'],
  );
});

test('a path that is missing, or no directory, fails once and not again in each check within', async () => {
  const missing = await check(join(folder.path, 'missing'), {
    git: 'Required',
    checks: [{ name: 'c', command: 'true' }],
  });
  assertFails(missing, 'path', 'does not exist');
  assert.equal(
    missing.filter(({ result }) => result !== 'Pass').map(({ name }) => name),
    ['path'],
  );
  writeFileSync(join(folder.path, 'file'), '');
  assertFails(await check(join(folder.path, 'file')), 'path', 'is no directory');
});

test('git is looked for as strictly as asked', async () => {
  const plain = newFolder('no-repository');
  const clean = newRepository('clean');
  const dirty = newRepository('dirty');
  writeFileSync(join(dirty, 'kept'), 'changed');
  writeFileSync(join(dirty, 'new'), '');
  assert.not((await check(plain)).some(({ name }) => name === 'git'));
  assertFails(await check(plain, { git: 'Required' }), 'git', 'not a git repository');
  assert.is(resultOf(await check(clean, { git: 'Clean' }), 'git').result, 'Pass');
  assert.is(resultOf(await check(dirty, { git: 'Required' }), 'git').result, 'Pass');
  assertFails(await check(dirty, { git: 'Clean' }), 'git', /uncommitted changes: .*kept and 1 more/);
});

test('nothing is written into the path of the Project (failure 49)', async () => {
  const path = newRepository('untouched');
  // git status would refresh the index for this.
  writeFileSync(join(path, 'kept'), 'x');
  const before = pictureOf(path);
  await check(path, { git: 'Clean', commands: ['git'] }, { windows: [{ name: 'main', command: 'true', cwd: '.git' }] });
  assert.equal(pictureOf(path), before);
});

test('programs are looked for on the PATH that the windows will have', async () => {
  const path = newFolder('programs');
  const own = newFolder('own-programs');
  writeFileSync(join(own, 'mine'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(own, 'no-program'), '');
  const commands = ['sh', 'mine', 'no-program', './run', '/bin/sh'];
  const results = await check(path, { commands }, { env: { PATH: `/bin:${own}` } });
  assert.is(resultOf(results, 'command sh').result, 'Pass');
  assert.is(resultOf(results, 'command mine').result, 'Pass');
  assert.is(resultOf(results, 'command /bin/sh').result, 'Pass');
  assertFails(results, 'command no-program', 'not on PATH');
  assertFails(results, 'command ./run', 'is no program');
  assertFails(await check(path, { commands }), 'command mine', 'not on PATH');
});

test('the working directory of each window must be there', async () => {
  const path = newFolder('windows');
  mkdirSync(join(path, 'inside'));
  const windows = [
    { name: 'main', command: 'true', cwd: 'inside' },
    { name: 'side', command: 'true', cwd: '../nowhere' },
  ];
  const results = await check(path, {}, { windows });
  assert.is(resultOf(results, 'window main').result, 'Pass');
  assertFails(results, 'window side', 'nowhere does not exist');
  assert.match(resultOf(results, 'window side').remedy, 'session.windows[1].cwd');
});

test('the envFile must be readable, and its variables reach the checks', async () => {
  const path = newFolder('env-file');
  assertFails(await check(path, {}, { envFile: 'missing.env' }), 'envFile', 'missing.env');
  writeFileSync(join(path, 'team.env'), 'GREETING=hello\n');
  const checks = [{ name: 'greets', command: 'test "$GREETING" = hello' }];
  const results = await check(path, { checks }, { envFile: 'team.env' });
  assert.is(resultOf(results, 'envFile').result, 'Pass');
  assert.is(resultOf(results, 'greets').result, 'Pass');
});

test('checks of the manifest run in the path, fail by exit code, and only warn when they are not critical', async () => {
  const path = newFolder('checks');
  const checks = [
    { name: 'where', command: 'pwd' },
    { name: 'argv', command: ['test', '-d', '.'] },
    { name: 'broken', command: 'echo first; echo the reason >&2; exit 3' },
    { name: 'optional', command: 'exit 1', critical: false },
    { name: 'killed', command: 'kill -9 $$' },
    { name: 'missing', command: ['no-such-program'] },
  ];
  const results = await check(path, { checks });
  assert.match(resultOf(results, 'where').message, path);
  assert.is(resultOf(results, 'argv').result, 'Pass');
  assertFails(results, 'broken', 'exit code 3: the reason');
  assertFails(results, 'killed', 'exit code 137');
  assertFails(results, 'missing', 'no-such-program');
  assert.is(resultOf(results, 'optional').result, 'Warn');
});

test('a check that hangs is ended with all that it started, and delays no other (failures 49, 64)', async () => {
  const path = newFolder('hanging');
  const pids = join(path, 'pids');
  const checks = [
    {
      name: 'hangs',
      command: `trap '' TERM; setsid sleep 1000 & echo $! $$ >${pids}; sleep 1000; true`,
      timeoutSeconds: 0.3,
    },
    { name: 'quick', command: 'true' },
  ];
  const before = performance.now();
  const results = await check(path, { checks });
  assert.ok(performance.now() - before < 5000);
  assertFails(results, 'hangs', 'not done after 0.3 s');
  assert.is(resultOf(results, 'quick').result, 'Pass');
  for (const pid of readFileSync(pids, 'utf8').split(' ').map(Number)) assert.is(processes.identify(pid), null);
});

test('a check that asks a question gets no answer and no terminal (failure 49)', async () => {
  const path = newFolder('asking');
  const checks = [
    { name: 'reads', command: 'read -r answer && test -n "$answer"' },
    { name: 'asks', command: 'read -r answer </dev/tty' },
    { name: 'clones', command: 'test "$GIT_TERMINAL_PROMPT" = 0' },
  ];
  const results = await check(path, { checks });
  assertFails(results, 'reads', 'exit code');
  assertFails(results, 'asks', 'exit code');
  assert.is(resultOf(results, 'clones').result, 'Pass');
});

test('a daemon that a check leaves behind is not waited for', async () => {
  const checks = [{ name: 'starts', command: 'echo started; sleep 3 & exit 0', timeoutSeconds: 30 }];
  const before = performance.now();
  const results = await check(newFolder('daemon'), { checks });
  assert.match(resultOf(results, 'starts').message, 'started');
  assert.ok(performance.now() - before < 2500);
});

test('a state directory that is nearly full is told', async () => {
  const demanding = openPreflight({ stateDir: folder.path, baseEnvironment, processes, leastFreeBytes: 2 ** 60 });
  const results = await demanding.check('web', specOf(newFolder('full')));
  assertFails(results, 'disk', 'MiB free');
});

test.run();
