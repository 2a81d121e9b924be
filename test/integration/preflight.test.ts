import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openRoom } from '../../src/adapters/preflight/room-left.ts';
import { openPreflight, type PreflightOptions } from '../../src/adapters/preflight/preflight.ts';
import type { Ended } from '../../src/adapters/programs/program.ts';
import { runHere } from '../../src/adapters/programs/run-here.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import type { CheckResult } from '../../src/api/check.ts';
import { Spec } from '../../src/api/manifest.ts';
import { openStore } from '../../src/store/store.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const folder = temporaryFolder();
const processes = openProcesses(systemClock());
const baseEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.path };
const clock = systemClock();
const options: PreflightOptions = {
  stateDir: folder.path,
  database: join(folder.path, 'tmuxlet.db'),
  baseEnvironment,
  run: runHere(processes),
  clock,
  sessions: async () => [],
};
const preflight = openPreflight(options);

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
    results.map(({ name, result, remedy }) => `${name} ${result}${remedy}`).sort(),
    ['path', 'name', 'tmux', 'disk', 'inodes', 'memory', 'ptys', 'processes', 'files', 'state', 'clock']
      .map((name) => `${name} Pass`)
      .sort(),
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
  const demanding = openPreflight({ ...options, leastFreeBytes: 2 ** 60 });
  const results = await demanding.check('web', specOf(newFolder('full')));
  assertFails(results, 'disk', 'MiB free');
});

test('registrations of worktrees that are gone are told with the remedy, and nothing is pruned (failure 56)', async () => {
  const path = newRepository('main-tree');
  const git = (...args: string[]) => execFileSync('git', ['-C', path, ...args], { encoding: 'utf8' });
  const gone = join(folder.path, 'gone-tree');
  const dirty = join(folder.path, 'dirty-tree');
  git('worktree', 'add', '-q', '-b', 'gone', gone);
  git('worktree', 'add', '-q', '-b', 'dirty', dirty);
  writeFileSync(join(dirty, 'kept'), 'uncommitted');
  assert.is(resultOf(await check(path, { git: 'Required' }), 'worktrees').result, 'Pass');
  rmSync(gone, { recursive: true });
  const before = [...pictureOf(path), ...pictureOf(dirty)];
  const found = resultOf(await check(path, { git: 'Required' }), 'worktrees');
  assert.is(found.result, 'Warn', 'it stops no start');
  assert.match(found.message, gone);
  assert.not.match(found.message, dirty);
  assert.is(found.remedy, `git -C ${path} worktree prune`);
  assert.equal([...pictureOf(path), ...pictureOf(dirty)], before);
  execFileSync('/bin/sh', ['-c', found.remedy]);
  assert.is(resultOf(await check(path, { git: 'Required' }), 'worktrees').result, 'Pass');
  assert.is(readFileSync(join(dirty, 'kept'), 'utf8'), 'uncommitted');
});

test('a worktree whose registration was taken away is to be repaired, never thrown away (failure 56)', async () => {
  const path = newRepository('other-tree');
  const tree = join(folder.path, 'cut-off');
  execFileSync('git', ['-C', path, 'worktree', 'add', '-q', '-b', 'cut', tree]);
  rmSync(join(path, '.git', 'worktrees', 'cut-off'), { recursive: true });
  const results = await check(tree, { git: 'Required' });
  assertFails(results, 'git', 'not a git repository');
  assert.match(resultOf(results, 'git').remedy, `git worktree repair ${tree}; keep the files`);
});

test('a path that does not answer is told in time, and is not asked again while it hangs (failure 64)', async () => {
  const asked: string[] = [];
  const look = (path: string): Promise<never> => {
    asked.push(path);
    return new Promise(() => {});
  };
  const waiting = openPreflight({ ...options, look, timeoutMs: 200 });
  const before = performance.now();
  for (const _ of [1, 2, 3]) assertFails(await waiting.check('web', specOf('/net/away')), 'path', 'no answer in time');
  assert.ok(performance.now() - before < 3000);
  assert.equal(asked, ['/net/away']);
});

test('a thousand Projects are not looked into all at once, and each is (I10)', async () => {
  let begun = 0;
  const gate = Promise.withResolvers<void>();
  const run = async (): Promise<Ended> => {
    begun += 1;
    await gate.promise;
    return { how: 'Exited', code: 0, output: '', stdout: '' };
  };
  const many = openPreflight({ ...options, run });
  const spec = specOf(newFolder('crowd'), { checks: [{ name: 'own', command: 'true' }] });
  const all = Promise.all(Array.from({ length: 1000 }, (_, index) => many.check(`p${index}`, spec)));
  await eventually(() => begun >= 16);
  assert.ok(begun < 1000, `${begun} at one time`);
  gate.resolve();
  await all;
  assert.ok(begun >= 1000);
});

test('what is the same for all Projects is looked at once for many', async () => {
  const bin = newFolder('counting-bin');
  const calls = join(bin, 'calls');
  writeFileSync(join(bin, 'tmux'), `#!/bin/sh\necho call >>${calls}\necho tmux 3.3a\n`, { mode: 0o755 });
  const many = openPreflight({ ...options, baseEnvironment: { PATH: `${bin}:/usr/bin:/bin` } });
  const path = newFolder('many');
  await Promise.all(Array.from({ length: 200 }, (_, number) => many.check(`web-${number}`, specOf(path))));
  assert.is(readFileSync(calls, 'utf8'), 'call\n');
});

test('a tmux that is missing, too old, or of no release is told', async () => {
  const said = async (script: string): Promise<CheckResult> => {
    const bin = newFolder(`tmux-${crypto.randomUUID()}`);
    writeFileSync(join(bin, 'tmux'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const machine = openPreflight({ ...options, baseEnvironment: { PATH: `${bin}:/bin` } }).machine;
    return resultOf(await machine(), 'tmux');
  };
  assert.is((await said('echo tmux 3.2')).result, 'Pass');
  assert.is((await said('echo tmux next-3.6')).result, 'Pass');
  assert.is((await said('echo tmux 10.0')).result, 'Pass');
  assert.match((await said('echo tmux 3.1c')).message, 'too old');
  assert.is((await said('echo tmux 2.9')).result, 'Fail');
  assert.is((await said('echo tmux master')).result, 'Warn');
  assert.match((await said('exit 1')).message, 'cannot be run');
});

test('a machine that is short of memory, terminals, processes or open files is told, by the tightest limit', async () => {
  const kernel = { proc: newFolder('proc'), cgroups: newFolder('cgroups') };
  const put = (root: string, file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  put(kernel.proc, 'meminfo', 'MemTotal: 9 kB\nMemAvailable:    20480 kB\n');
  put(kernel.proc, 'sys/kernel/pty/max', '4096\n');
  put(kernel.proc, 'sys/kernel/pty/reserve', '1024\n');
  put(kernel.proc, 'sys/kernel/pty/nr', '3060\n');
  put(kernel.proc, 'self/cgroup', '0::/user.slice/tmuxlet.service\n');
  put(kernel.proc, 'self/limits', 'Max processes   max   max\nMax open files            70                 4096\n');
  put(kernel.proc, 'self/fd/0', '');
  put(kernel.proc, 'loadavg', '0.1 0.1 0.1 1/300 77\n');
  put(kernel.cgroups, 'user.slice/pids.max', '1000\n');
  put(kernel.cgroups, 'user.slice/pids.current', '990\n');
  put(kernel.cgroups, 'user.slice/tmuxlet.service/pids.max', 'max\n');
  put(kernel.cgroups, 'user.slice/tmuxlet.service/pids.current', '3\n');
  const results = await openPreflight({ ...options, kernel }).machine();
  assertFails(results, 'memory', 'only 20 MiB available');
  assertFails(results, 'ptys', 'only 12 of 4096');
  assertFails(results, 'processes', /only 10 of 1000 .*user\.slice\/pids\.max/);
  assert.is(resultOf(results, 'files').result, 'Warn');
  assert.match(resultOf(results, 'files').message, 'only 69 of 70');

  // Servers in control groups of their own have limits of their own.
  put(kernel.proc, '77/cgroup', '0::/servers.slice/tmux@0.service\n');
  put(kernel.cgroups, 'servers.slice/tmux@0.service/pids.max', '500\n');
  put(kernel.cgroups, 'servers.slice/tmux@0.service/pids.current', '495\n');
  const apart = await openPreflight({ ...options, kernel, servers: async () => [77] }).machine();
  assertFails(apart, 'processes', /only 5 of 500 .*tmux@0\.service\/pids\.max/);
});

test('how many more sessions a machine can take is told by what will be used up first, with the way out', async () => {
  const kernel = { proc: newFolder('proc-room'), cgroups: newFolder('cgroups-room') };
  const put = (file: string, text: string): void => {
    mkdirSync(dirname(join(kernel.proc, file)), { recursive: true });
    writeFileSync(join(kernel.proc, file), text);
  };
  put('sys/kernel/pty/max', '4096\n');
  put('sys/kernel/pty/reserve', '1024\n');
  put('sys/kernel/pty/nr', '2000\n');
  put('self/cgroup', '');
  put('self/limits', 'Max processes   max   max\nMax open files            400                 4096\n');
  put('self/fd/0', '');
  put('loadavg', '0.1 0.1 0.1 1/300 77\n');
  const look = () => openRoom({ clock, kernel })();
  assert.is((await look())?.sessions, 400 - 1 - 128);
  assert.match((await look())?.limit ?? '', /no open files .*: raise ulimit -n.* \(400\)/);
  put('self/limits', 'Max processes   max   max\nMax open files            9999                9999\n');
  assert.is((await look())?.sessions, 4096 - 1024 - 2000 - 64);
  assert.match((await look())?.limit ?? '', /no pseudo-terminals .*: raise the sysctl kernel\.pty\.max \(4096\)/);
});

test('a clock that has lost the time fails, and one behind the newest event warns', async () => {
  const at = async (wallMs: number): Promise<CheckResult> => {
    const turned = { ...clock, now: () => ({ ...clock.now(), wallMs }) };
    return resultOf(await openPreflight({ ...options, database, clock: turned }).machine(), 'clock');
  };
  const database = join(newFolder('clock'), 'tmuxlet.db');
  const store = openStore(database, { now: Date.now });
  const event = { type: 'Normal', reason: 'Started', message: 'm', object: 'Project/web' } as const;
  store.transaction((writes) => writes.recordEvent(event, Date.UTC(2026, 5)));
  assert.is((await at(Date.UTC(2026, 6))).result, 'Pass');
  assert.is((await at(Date.UTC(1970, 0))).result, 'Fail');
  assert.match((await at(Date.UTC(2026, 4))).message, 'the newest event is of 2026-06-01');
  store.close();
  assert.match((await at(Date.UTC(2026, 4))).message, 'the newest event is of 2026-06-01', 'closed too');
});

test('a damaged database is told, and looking at a sound one leaves nothing beside it', async () => {
  const place = newFolder('databases');
  const file = join(place, 'tmuxlet.db');
  const look = (): CheckResult => openPreflight({ ...options, database: file }).database();
  assert.match(look().message, 'there is none yet');
  openStore(file, { now: Date.now }).close();
  const before = pictureOf(place);
  assert.is(look().result, 'Pass');
  assert.equal(pictureOf(place), before);
  const image = readFileSync(file);
  image.fill(0x5a, 4096, 12_288);
  writeFileSync(file, image);
  assert.is(look().result, 'Fail');
  assert.match(look().remedy, 'adopted from their tags');
});

test('a state directory that cannot be written is told, and one that is not there can be made', async () => {
  const at = async (stateDir: string): Promise<CheckResult> =>
    resultOf(await openPreflight({ ...options, stateDir }).machine(), 'state');
  const absent = join(folder.path, 'not', 'there');
  assert.match((await at(absent)).message, 'is not there yet, and can be made');
  assert.not(existsSync(join(folder.path, 'not')));
  // Nobody, not even root, can make a file there.
  assert.is((await at('/proc/self/state')).result, 'Fail');
});

test('a session name that somebody else has is a warning that names both sides', async () => {
  const session = { shard: 0, id: '$3', createdAt: 0, attached: 0, panes: [] };
  const tags = { owner: 'o', uid: 'u', attempt: 1, specHash: 'h' };
  const named = async (project: string, name: string): Promise<CheckResult> => {
    const sessions = async () => [
      { ...session, name: 'web', tags: { ...tags, project: 'web' }, claimed: true },
      { ...session, name: 'db', tags: null, claimed: false },
      { ...session, name: 'far', tags: null, claimed: true },
    ];
    const { project: checks } = openPreflight({ ...options, sessions });
    return resultOf(await checks(project, specOf(folder.path, {}, { name })), 'name');
  };
  assert.is((await named('web', 'web')).result, 'Pass');
  assert.match((await named('other', 'web')).message, 'taken by session $3 of Project web');
  assert.match((await named('db', 'db')).message, 'session $3, which is not ours');
  assert.match((await named('db', 'far')).message, 'another installation');
});

test.run();
