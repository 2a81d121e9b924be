import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { orAbsentSync } from '../../src/adapters/absent-file.ts';
import { readHeartbeat, writeHeartbeat } from '../../src/adapters/runs/heartbeat-file.ts';
import { UserError } from '../../src/api/errors.ts';
import { eventually } from '../helpers/eventually.ts';
import { BASE_PATH, openRunBench } from '../helpers/run-bench.ts';

const bench = openRunBench();
const { folder, stateDir, processes, tmux, runs, keyOf, launchOf, start, started, ended, observed } = bench;

const screenShows = (uid: string, text: string | RegExp): Promise<string> =>
  eventually(async () => {
    const screen = await tmux.screen(uid);
    assert.match(screen, text);
    return screen;
  });

const foreground = async (uid: string): Promise<string> =>
  (await tmux.run('display-message', '-p', '-t', `=${uid}:`, '#{pane_current_command}')).trim();

const test = suite('runs');

test.after(bench.close);

test('the exit code of a command is kept', async () => {
  for (const code of [0, 1, 3, 127, 137]) {
    await start(`exit-${code}`, `exit ${code}`);
    const run = await ended(`exit-${code}`);
    assert.is(run.exitCode, code);
    assert.not(run.signalled);
    assert.ok(run.startedAt !== null && run.endedAt !== null && run.endedAt >= run.startedAt);
  }
});

test('a command killed by a signal ends with 128 and the number of it', async () => {
  await start('killed', ['sleep', '1000']);
  const { command } = await started('killed');
  process.kill(command?.pid ?? 0, 'SIGKILL');
  assert.is((await ended('killed')).exitCode, 137);
});

test('an array is run as it stands, a string by the shell', async () => {
  await start('argv', ['printf', '<%s>', '$HOME', "it's", 'a b']);
  await screenShows('argv', "<$HOME><it's><a b>");
  await start('shell', 'for i in 1 2; do printf "<%s>" "$i"; done');
  await screenShows('shell', '<1><2>');
});

test('the last words of a command are on the screen, whatever else the server has to do', async () => {
  const uids = Array.from({ length: 30 }, (_, index) => `last-words-${index}`);
  await Promise.all(uids.map((uid) => start(uid, 'printf "the reason"; exit 1')));
  await Promise.all(uids.map((uid) => screenShows(uid, 'the reason')));
});

test('a working directory that is missing is said in the pane', async () => {
  await start('nowhere', ['true'], { cwd: join(folder, 'nowhere') });
  assert.is((await ended('nowhere')).exitCode, 126);
  await screenShows('nowhere', 'cannot enter the working directory');
});

test('HUP and TERM from outside are passed on to the command and journalled', async () => {
  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGTERM', 143],
  ] as const) {
    await start(`by-${signal.toLowerCase()}`, ['sleep', '1000']);
    const { wrapper, command } = await started(`by-${signal.toLowerCase()}`);
    process.kill(wrapper?.pid ?? 0, signal);
    const run = await ended(`by-${signal.toLowerCase()}`);
    assert.is(run.exitCode, code);
    assert.ok(run.signalled);
    assert.not(command !== null && processes.isAlive(command));
  }
});

test('a signal that comes while a run begins is not lost', async () => {
  const uids = Array.from({ length: 48 }, (_, index) => `early-${index}`);
  const begun = await Promise.all(
    uids.map(async (uid) => {
      const [file = '', ...args] = await runs.prepare(keyOf(uid), launchOf(['sleep', '1000']), `project-${uid}`);
      const child = spawn(file, args, { stdio: 'ignore', detached: true });
      return { child, journal: join(args[1] ?? '', 'journal'), exit: once(child, 'exit') };
    }),
  );
  // Without a pause, which would let them get on: the moment is short.
  const deadline = performance.now() + 30_000;
  for (const waiting = new Set(begun); waiting.size > 0 && performance.now() < deadline; ) {
    for (const run of waiting) {
      if (!existsSync(run.journal) || !/^start /m.test(readFileSync(run.journal, 'utf8'))) continue;
      waiting.delete(run);
      run.child.kill('SIGTERM');
    }
  }
  try {
    await eventually(() => begun.every(({ child }) => child.exitCode !== null));
    assert.ok(begun.every(({ child }) => child.exitCode === 143));
  } finally {
    for (const uid of uids) await processes.signalTree(uid, [], 'SIGKILL');
    await Promise.all(begun.map(({ exit }) => exit));
  }
});

test('a command that outlives its first signals keeps its own exit code', async () => {
  await start(
    'stubborn',
    'n=0; trap \'n=$((n+1)); [ "$n" -lt 3 ] || exit 42\' TERM; echo ready; while :; do sleep 0.01; done',
  );
  await screenShows('stubborn', 'ready');
  const { wrapper } = await started('stubborn');
  await eventually(async () => {
    if (wrapper !== null && processes.isAlive(wrapper)) process.kill(wrapper.pid, 'SIGTERM');
    return (await observed('stubborn')).alive ? null : true;
  });
  const run = await ended('stubborn');
  assert.is(run.exitCode, 42);
  assert.ok(run.signalled);
});

test('SIGTERM to the whole tree reaches a command once, though its wrapper passes it on', async () => {
  const counting = `n=0; left=20; trap 'n=$((n+1))' TERM; echo ready
    while [ $left -gt 0 ]; do sleep 0.01; [ $n -eq 0 ] || left=$((left-1)); done; exit $n`;
  // Two that come close together can look like one: several tries show it.
  const uids = Array.from({ length: 8 }, (_, index) => `terminated-${index}`);
  await Promise.all(uids.map((uid) => start(uid, counting)));
  for (const uid of uids) {
    await screenShows(uid, 'ready');
    await processes.signalTree(uid, [], 'SIGTERM');
  }
  for (const run of await Promise.all(uids.map(ended))) {
    assert.is(run.exitCode, 1);
    assert.ok(run.signalled);
  }
});

test('a killed session is told from a command that ended by itself', async () => {
  await start('hung-up', ['sleep', '1000']);
  await started('hung-up');
  await tmux.run('kill-session', '-t', '=hung-up');
  const run = await eventually(async () => {
    const { main } = await runs.observe('hung-up', 1, []);
    return main?.alive === false ? main : null;
  });
  assert.ok(run.signalled);
  assert.is(run.exitCode, 129);
});

test('a wrapper killed without warning has ended, its code known by tmux alone', async () => {
  await start('beheaded', ['sleep', '1000']);
  const { wrapper } = await started('beheaded');
  process.kill(wrapper?.pid ?? 0, 'SIGKILL');
  const run = await eventually(async () => {
    const seen = await observed('beheaded');
    return seen.exitCode === null ? null : seen;
  });
  assert.not(run.alive);
  assert.is(run.exitCode, 137);
  assert.is(run.endedAt, null);
});

test('a start that is tried again goes on in a journal that was torn within a line', async () => {
  await start('torn', ['sleep', '1000']);
  const first = await started('torn');
  await tmux.run('kill-session', '-t', '=torn');
  await eventually(() => first.wrapper !== null && !processes.isAlive(first.wrapper));
  const journal = join(stateDir, 'attempts', 'torn', '1', 'main', '1', 'journal');
  writeFileSync(journal, readFileSync(journal, 'utf8').split('start')[0] + 'star');
  await start('torn', ['sleep', '1000']);
  const again = await eventually(async () => {
    const run = await observed('torn');
    return run.alive ? run : null;
  });
  assert.is.not(again.wrapper?.pid, first.wrapper?.pid);
});

test('Ctrl-C reaches the command, and the wrapper lives to journal what it did', async () => {
  await start('interrupted', ['sleep', '1000']);
  // Until the command has taken the place of the shell that starts it, Ctrl-C is ignored.
  const { command } = await started('interrupted');
  await eventually(() => readFileSync(`/proc/${command?.pid}/comm`, 'utf8') === 'sleep\n');
  await tmux.run('send-keys', '-t', '=interrupted:', 'C-c');
  const run = await ended('interrupted');
  assert.is(run.exitCode, 130);
  assert.not(run.signalled);
});

test('a shell in a pane has its job control', async () => {
  await start('jobs', ['bash', '--norc', '-i']);
  await started('jobs');
  await tmux.type('jobs', 'sleep 1000 &');
  await tmux.type('jobs', 'jobs');
  await screenShows('jobs', /\[1\]\+ +Running +sleep 1000/);
  await tmux.type('jobs', 'fg');
  await eventually(async () => (await foreground('jobs')) === 'sleep');
  await tmux.run('send-keys', '-t', '=jobs:', 'C-z');
  await screenShows('jobs', /\[1\]\+ +Stopped +sleep 1000/);
  await tmux.type('jobs', 'fg');
  await eventually(async () => (await foreground('jobs')) === 'sleep');
  await tmux.run('send-keys', '-t', '=jobs:', 'C-c');
  await eventually(async () => (await foreground('jobs')) === 'bash');
  await tmux.type('jobs', 'exit 5');
  assert.is((await ended('jobs')).exitCode, 5);
});

test('what is typed into the pane reaches the command', async () => {
  await start('reader', 'read -r line; echo "got:$line"; read -r _');
  await started('reader');
  await tmux.type('reader', 'hello');
  await screenShows('reader', 'got:hello');
});

test('a change of the size of the pane reaches the command', async () => {
  await start('resized', `trap 'stty size' WINCH; echo ready; while :; do sleep 0.01; done`);
  await screenShows('resized', 'ready');
  await tmux.run('resize-window', '-t', '=resized:', '-x', '50', '-y', '20');
  await screenShows('resized', '20 50');
});

test('a command has the base environment and its own variables, and nothing of who started the server', async () => {
  const envFile = join(folder, 'team.env');
  writeFileSync(envFile, 'export TOKEN="from the file"\nLEVEL=file # a comment\n');
  await start('environment', 'env -0 >env.out; exec sleep 1000', {
    env: { LEVEL: "it's\nthe spec", EMPTY: '' },
    envFile,
  });
  await started('environment');
  const file = join(folder, 'env.out');
  const dump = await eventually(() => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text.endsWith('\0') ? text : null;
  });
  const seen = Object.fromEntries(
    dump
      .split('\0')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const { TERM, TMUX, TMUX_PANE, ...rest } = seen;
  assert.match(TERM ?? '', /screen|tmux/);
  assert.ok(TMUX?.startsWith(`${tmux.socket},`));
  assert.match(TMUX_PANE ?? '', /^%\d+$/);
  const directory = join(stateDir, 'attempts/environment/1/main/1');
  assert.equal(rest, {
    PATH: BASE_PATH,
    HOME: folder,
    LANG: 'C.UTF-8',
    PWD: folder,
    TOKEN: 'from the file',
    LEVEL: "it's\nthe spec",
    EMPTY: '',
    TMUXLET_UID: 'environment',
    TMUXLET_PROJECT: 'project-environment',
    TMUXLET_ATTEMPT: '1',
    TMUXLET_WINDOW: 'main',
    TMUXLET_RUN: '1',
    TMUXLET_HEARTBEAT_FILE: join(directory, 'heartbeat'),
    TMUXLET_STATE_DIR: stateDir,
  });
});

test('secrets stand in no command line, and in no file that others can read', async () => {
  await start('secret', 'sleep 1000', { env: { SECRET: 'hunter2-in-plain' } });
  await started('secret');
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => orAbsentSync(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), ''));
  assert.ok(
    lines.some((line) => line.includes('attempts/secret/1/main/1')),
    'the wrapper itself is among those looked at',
  );
  assert.not(lines.some((line) => line.includes('hunter2')));
  assert.is(statSync(join(stateDir, 'attempts/secret/1/main/1/start')).mode & 0o777, 0o600);
  assert.is(statSync(join(stateDir, 'attempts')).mode & 0o777, 0o700);
});

test('an envFile that is missing is an error that names it', async () => {
  const envFile = join(folder, 'missing.env');
  try {
    await runs.prepare(keyOf('no-env'), launchOf('true', { envFile }), 'p');
    assert.unreachable('prepared without its envFile');
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as Error).message, envFile);
  }
});

test('a run that was prepared and never started is not observed as one that died', async () => {
  await start('twice', 'exit 4');
  await ended('twice');
  await runs.prepare(keyOf('twice', 2), launchOf('exit 5', { run: 2 }), 'p');
  const run = await observed('twice');
  assert.is(run.run, 1);
  assert.is(run.exitCode, 4);
});

test('preparing a run again changes nothing once it was started', async () => {
  await start('again', ['sleep', '1000']);
  await started('again');
  const file = join(stateDir, 'attempts/again/1/main/1/start');
  const before = readFileSync(file, 'utf8');
  await runs.prepare(keyOf('again'), launchOf('something else'), 'p');
  assert.is(readFileSync(file, 'utf8'), before);
});

test('a touch of the heartbeat file shows in its mark, whatever time it is touched with', async () => {
  assert.is(await runs.heartbeat(keyOf('beating')), null);
  await start('beating', 'touch "$TMUXLET_HEARTBEAT_FILE"; exec sleep 1000');
  const beat = await eventually(() => runs.heartbeat(keyOf('beating')));
  assert.is(beat.sequence, null);
  utimesSync(join(stateDir, 'attempts/beating/1/main/1/heartbeat'), new Date(0), new Date(0));
  assert.is.not((await runs.heartbeat(keyOf('beating')))?.mark, beat.mark);
});

test('`tmuxlet heartbeat` counts its beats, and what else stands in the file does no harm (failure 57)', async () => {
  const file = join(stateDir, 'a-heartbeat');
  await writeHeartbeat(file, 'half\nway \u001b[31m', 1_800_000_000_000);
  await writeHeartbeat(file, null, 1_800_000_001_000);
  const beat = await readHeartbeat(file);
  assert.is(beat?.sequence, 2);
  assert.is(beat?.progress, 'half way  [31m');
  writeFileSync(file, `{"sequence": -1, ${'x'.repeat(100_000)}`);
  const odd = await readHeartbeat(file);
  assert.is(odd?.sequence, null);
  assert.is(odd?.progress, null);
  assert.is.not(odd?.mark, beat?.mark);
  await writeHeartbeat(file, 'x'.repeat(1000), 1_800_000_002_000);
  assert.is((await readHeartbeat(file))?.progress?.length, 200);
});

test('forgetting a Project leaves nothing of it, and never reaches out of the directory', async () => {
  await runs.prepare(keyOf('forgotten'), launchOf('true'), 'p');
  await runs.forget('forgotten');
  assert.equal(await runs.observe('forgotten', 1, []), {});
  for (const uid of ['..', '.', '', 'a/b', '../attempts']) {
    await runs.forget(uid).then(
      () => assert.unreachable(`forgot "${uid}"`),
      (error: Error) => assert.match(error.message, 'cannot be the uid'),
    );
  }
});

test.run();
