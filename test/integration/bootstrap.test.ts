import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const script = fileURLToPath(new URL('../../scripts/bootstrap', import.meta.url));

/** Every program that the script looks for. */
const PROGRAMS = [...readFileSync(script, 'utf8').matchAll(/\b([a-z]+):[a-z]/g)].map(([, program = '']) => program);

/** A clone and a machine of which every program is a stub that writes down how it was called. */
const test = suite<{ clone: string }>('scripts/bootstrap');

test.before.each((context) => {
  const clone = mkdtempSync(join(tmpdir(), 'tmuxlet-bootstrap-'));
  context.clone = clone;
  for (const folder of ['scripts', 'bin', 'node_modules/.bin']) mkdirSync(join(clone, folder), { recursive: true });
  cpSync(script, join(clone, 'scripts/bootstrap'));
  for (const real of ['dirname', 'env']) symlinkSync(`/usr/bin/${real}`, join(clone, 'bin', real));
  put(clone, 'id', 'echo 0');
  put(clone, 'npm', 'echo "npm $*" >> "$CALLS"');
  put(clone, 'apt-get', aptGet());
  for (const program of PROGRAMS) put(clone, program, ':');
  writeFileSync(join(clone, 'package-lock.json'), '{}');
  writeFileSync(join(clone, 'node_modules/.package-lock.json'), '{}');
  writeFileSync(join(clone, 'node_modules/.bin/node'), '', { mode: 0o755 });
  touch(clone, 'package-lock.json', 1_000);
});

test.after.each(({ clone }) => rmSync(clone, { recursive: true, force: true }));

const put = (clone: string, name: string, body: string): void =>
  writeFileSync(join(clone, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });

const remove = (clone: string, name: string): void => rmSync(join(clone, 'bin', name));

const touch = (clone: string, file: string, seconds: number): void => utimesSync(join(clone, file), seconds, seconds);

/** Writes down the verb and the packages alone. */
const aptGet = (then = ':'): string => `while [ "\${1#-}" != "$1" ]; do [ "$1" = -o ] && shift; shift; done
verb=$1; shift
while [ "\${1#-}" != "$1" ]; do shift; done
echo "apt-get $verb $*" >> "$CALLS"
${then}`;

function run(clone: string, ...args: string[]) {
  const calls = join(clone, 'calls');
  const { status, stdout, stderr } = spawnSync('/bin/sh', [join(clone, 'scripts/bootstrap'), ...args], {
    env: { PATH: join(clone, 'bin'), CALLS: calls },
    encoding: 'utf8',
  });
  const made = existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : [];
  return { code: status, stdout, stderr, calls: made.map((call) => call.trimEnd()) };
}

test('where nothing is to do, nothing is done and nothing said', ({ clone }) => {
  assert.equal(run(clone, 'tests'), { code: 0, stdout: '', stderr: '', calls: [] });
});

test('root gets the missing packages, and no more than the purpose needs', ({ clone }) => {
  for (const program of ['tmux', 'promtool']) remove(clone, program);
  assert.equal(run(clone).calls, ['apt-get install tmux']);
  assert.equal(run(clone, 'tests').calls.slice(1), ['apt-get install tmux prometheus']);
});

test('package lists that are empty are fetched, then the install is tried again', ({ clone }) => {
  remove(clone, 'tmux');
  put(
    clone,
    'apt-get',
    aptGet('case $verb in update) : >"$CALLS.lists" ;; *) [ -e "$CALLS.lists" ] || exit 100 ;; esac'),
  );
  const { code, calls } = run(clone);
  assert.is(code, 0);
  assert.equal(calls, ['apt-get install tmux', 'apt-get update', 'apt-get install tmux']);
});

test('an install that fails twice ends it', ({ clone }) => {
  remove(clone, 'tmux');
  put(clone, 'apt-get', aptGet('echo "E: no network" >&2; exit 100'));
  rmSync(join(clone, 'node_modules'), { recursive: true });
  const { code, stderr, calls } = run(clone);
  assert.is(code, 100);
  assert.match(stderr, /E: no network/);
  assert.not.ok(calls.some((call) => call.startsWith('npm')));
});

test('an ordinary user with sudo installs through it', ({ clone }) => {
  remove(clone, 'tmux');
  put(clone, 'id', 'echo 1000');
  put(clone, 'sudo', 'shift; [ "$1" = true ] || echo sudo >> "$CALLS"; [ "$1" = true ] || exec "$@"');
  assert.equal(run(clone).calls, ['sudo', 'apt-get install tmux']);
});

test('without the right to install, the command to type is named', ({ clone }) => {
  remove(clone, 'tmux');
  put(clone, 'id', 'echo 1000');
  put(clone, 'sudo', 'exit 1');
  const { code, stderr, calls } = run(clone);
  assert.is(code, 1);
  assert.match(stderr, /^ {2}sudo apt-get update && sudo apt-get install --no-install-recommends tmux$/m);
  assert.equal(calls, []);
});

test('without apt-get, the packages are named', ({ clone }) => {
  for (const program of ['tmux', 'git', 'apt-get']) remove(clone, program);
  const { code, stderr } = run(clone);
  assert.is(code, 1);
  assert.match(stderr, /^tmuxlet needs tmux git /);
});

const NPM = ['npm ci --ignore-scripts --no-audit --no-fund --loglevel=error', 'npm rebuild node --loglevel=error'];

test('a fresh clone gets its packages from npm, and its Node', ({ clone }) => {
  rmSync(join(clone, 'node_modules'), { recursive: true });
  assert.equal(run(clone).calls, NPM);
});

test('a lock file newer than what is installed is followed', ({ clone }) => {
  touch(clone, 'node_modules/.package-lock.json', 500);
  assert.equal(run(clone).calls, NPM);
});

test.run();
