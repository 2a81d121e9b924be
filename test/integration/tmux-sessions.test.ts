import { readFile, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TmuxError } from '../../src/api/ports/tmux.ts';
import type { TmuxErrorKind } from '../../src/api/ports/tmux.ts';
import { eventually } from '../helpers/eventually.ts';
import {
  BASE_ENV,
  lookAt,
  newSession,
  newWindow,
  paneOf,
  sessionNamed,
  sessionsOf,
  tagsOf,
  tmuxBed,
} from '../helpers/tmux-server.ts';

const bed = await tmuxBed();
const tmux = await bed.open();

const rejects = async (kind: TmuxErrorKind, call: () => Promise<unknown>): Promise<TmuxError> => {
  const error = await call().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, TmuxError);
  assert.is((error as TmuxError).kind, kind, (error as TmuxError).message);
  return error as TmuxError;
};

/** A session is made; this is what is then listed of it. */
const made = async (...[name, more]: Parameters<typeof newSession>) => {
  await tmux.createSession(newSession(name, more));
  return sessionNamed(tmux, name);
};

const wordsOf = async (pid: number | undefined): Promise<readonly string[]> =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);

const test = suite('tmux sessions');
test.after(bed.end);

test('a session is made with all its windows, tagged, its uid in its environment', async () => {
  const session = await made('team', {
    tags: { ...tagsOf('uid-team', 7), project: 'web' },
    windows: [
      newWindow(['sleep', '1001'], { name: 'agent', cwd: bed.directory }),
      newWindow(['sleep', '1002'], { name: 'tests' }),
      newWindow(['sleep', '1003'], { name: 'logs', logFile: join(bed.directory, 'logs', 'web', 'logs.log') }),
    ],
  });
  assert.equal(session.tags, { ...tagsOf('uid-team', 7), project: 'web' });
  assert.is(session.attached, 0);
  assert.ok(Math.abs(session.createdAt - Date.now()) < 5000);
  assert.equal(
    session.panes.map(({ windowName, dead, piped }) => ({ windowName, dead, piped })),
    [
      { windowName: 'agent', dead: false, piped: false },
      { windowName: 'tests', dead: false, piped: false },
      { windowName: 'logs', dead: false, piped: true },
    ],
  );
  for (const [index, pane] of session.panes.entries()) {
    // A pane's process is still tmux itself for a moment after its birth.
    await eventually(async () => (await wordsOf(pane.pid)).join(' ') === `sleep ${1001 + index}`);
    const environ = (await readFile(`/proc/${pane.pid}/environ`, 'utf8')).split('\0');
    assert.ok(environ.includes('TMUXLET_UID=uid-team'));
    assert.ok(environ.includes(`PATH=${BASE_ENV.PATH}`));
  }
  assert.is(await readlink(`/proc/${session.panes[0]?.pid}/cwd`), await realpath(bed.directory));
});

test('a server is started with exactly the environment it was given', async () => {
  const lines = (await bed.tmux(['show-environment', '-g'])).split('\n');
  const given = Object.entries(BASE_ENV).map(([name, value]) => `${name}=${value}`);
  assert.equal(new Set(lines.filter((line) => !line.startsWith('PWD='))), new Set(given));
});

test('a command of one word is executed, not given to a shell', async () => {
  const session = await made('one-word', { windows: [newWindow(['cat'])] });
  await eventually(async () => (await wordsOf(session.panes[0]?.pid)).join(' ') === 'cat');
});

test('arguments arrive as they stand', async () => {
  const odd = ['-x', '', 'a b', '$HOME `id`', "it's; \\", '#{pid} %H ~', 'é☃', 'line\nline', ';'];
  const script = `printf '%s\\0' "$@" > ${bed.directory}/arguments.tmp; mv ${bed.directory}/arguments.tmp ${bed.directory}/arguments`;
  await tmux.createSession(newSession('arguments', { windows: [newWindow(['sh', '-c', script, 'sh', ...odd])] }));
  const seen = await eventually(() => readFile(join(bed.directory, 'arguments'), 'utf8'));
  assert.equal(seen.split('\0').slice(0, -1), odd);
});

test('a window that ends at once is kept, with its exit status and nothing but its own words', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `brief-${index}`);
  const brief = (session: string, name: string) =>
    newWindow(['sh', '-c', 'echo last words; exit 3'], { name, logFile: join(bed.directory, session, name) });
  await Promise.all(
    names.map((name) => tmux.createSession(newSession(name, { windows: [brief(name, 'a'), brief(name, 'b')] }))),
  );
  const sessions = (await sessionsOf(tmux)).filter(({ name }) => names.includes(name));
  assert.is(sessions.length, 20);
  for (const session of sessions) {
    assert.equal(
      session.panes.map(({ windowName }) => windowName),
      ['a', 'b'],
    );
  }
  // tmux loses some last words and some deaths of many at once, never all of them.
  const screens = () =>
    Promise.all(sessions.flatMap(({ panes }) => panes.map(({ paneId }) => tmux.capture(0, paneId, 50))));
  await eventually(async () => (await screens()).filter((screen) => screen !== '').length > 20);
  assert.equal(new Set((await screens()).filter((screen) => screen !== '')), new Set(['last words']));
  await eventually(async () => (await readFile(join(bed.directory, 'brief-0', 'a'), 'utf8')).startsWith('last words'));
  const statuses = (await sessionsOf(tmux)).flatMap(({ panes }) => panes.map((pane) => pane.deadStatus));
  assert.ok(statuses.includes(3));
});

test('a name that is taken is told as such, and nothing is changed', async () => {
  const before = await made('taken');
  await rejects('DuplicateName', () =>
    tmux.createSession(
      newSession('taken', { tags: tagsOf('uid-other'), windows: [newWindow(), newWindow(['cat'], { name: 'b' })] }),
    ),
  );
  assert.equal(await sessionNamed(tmux, 'taken'), before);
});

test('a session that could not be made whole is not left half made', async () => {
  const { server } = await lookAt(tmux);
  if (server.seen !== 'Present') throw new Error('no server');
  const { pid } = server.value;
  const used = (await readdir(`/proc/${pid}/fd`)).length;
  const more = Array.from({ length: 30 }, (_, index) => newWindow(['cat'], { name: `w-${index}` }));
  const before = await sessionsOf(tmux);
  await execa('prlimit', ['--pid', String(pid), `--nofile=${used + 10}:`]);
  await rejects('Refused', () => tmux.createSession(newSession('too-large', { windows: [newWindow(), ...more] })));
  await execa('prlimit', ['--pid', String(pid), '--nofile=1024:']);
  assert.equal(
    (await sessionsOf(tmux)).map(({ name }) => name),
    before.map(({ name }) => name),
  );
});

test('a working directory that is not there is refused, as tmux would take another', async () => {
  const error = await rejects('Refused', () =>
    tmux.createSession(newSession('nowhere', { windows: [newWindow(['cat'], { cwd: '/no/such/place' })] })),
  );
  assert.match(error.message, '/no/such/place');
});

test('names that tmux would change never arise (failure 67)', async () => {
  for (const name of ['a.b', 'a:b', '', '=a', '$1', '@1', 'a b']) {
    await rejects('Refused', () => tmux.createSession(newSession(name)));
    await rejects('Refused', () => tmux.createSession(newSession('ok', { windows: [newWindow(['cat'], { name })] })));
  }
});

test('a command runs again in its pane: session, pane, scrollback and log stay', async () => {
  const logFile = join(bed.directory, "odd '$HOME' #{pid} %H #[x", 'main.log');
  const window = (words: string) => newWindow(['sh', '-c', `echo ${words}; exit 1`], { logFile });
  const session = await made('again', { windows: [window('first')] });
  const pane = paneOf(session);
  await eventually(async () => (await readFile(logFile, 'utf8')).includes('first'));
  for (const words of ['second', 'third', 'fourth']) {
    await tmux.respawnPane(pane, window(words));
    await eventually(async () => (await readFile(logFile, 'utf8')).includes(words));
  }
  assert.is((await readFile(logFile, 'utf8')).replaceAll('\r', ''), 'first\nsecond\nthird\nfourth\n');
  assert.is((await stat(join(bed.directory, "odd '$HOME' #{pid} %H #[x"))).mode & 0o777, 0o700);
  const after = await sessionNamed(tmux, 'again');
  assert.is(after.id, session.id);
  assert.is(after.panes.length, 1);
  assert.is(after.panes[0]?.paneId, pane.paneId);
  assert.is.not(after.panes[0]?.pid, session.panes[0]?.pid);
});

test('a pipe outlives a respawn by hand, and ends with one that asks for no log', async () => {
  const session = await made('piped');
  const pane = paneOf(session);
  const file = join(bed.directory, 'by-hand.log');
  await tmux.pipe(0, pane.paneId, file);
  await bed.tmux(['respawn-pane', '-k', '-t', pane.paneId, 'sh', '-c', 'echo heard; sleep 1000']);
  await eventually(async () => (await readFile(file, 'utf8')).includes('heard'));
  await tmux.respawnPane(pane, newWindow());
  assert.not((await sessionNamed(tmux, 'piped')).panes[0]?.piped);
});

test('a window is added once', async () => {
  const session = await made('growing');
  const id = paneOf(session);
  await tmux.addWindow(id, newWindow(['cat'], { name: 'more', logFile: join(bed.directory, 'more.log') }));
  await rejects('DuplicateName', () => tmux.addWindow(id, newWindow(['cat'], { name: 'more' })));
  const { panes } = await sessionNamed(tmux, 'growing');
  assert.equal(
    panes.map(({ windowName, piped }) => [windowName, piped]),
    [
      ['main', false],
      ['more', true],
    ],
  );
});

test('a line is typed as it stands, then Enter, even into a pane that somebody scrolled back', async () => {
  const session = await made('typed', { windows: [newWindow(['cat'])] });
  const pane = paneOf(session);
  const line = `-l Enter C-c "x" 'y' $HOME; #{pid} \\ é`;
  await bed.tmux(['copy-mode', '-t', pane.paneId]);
  await tmux.type(pane, line);
  // Once as the terminal's echo, once as what cat read.
  await eventually(async () => (await tmux.capture(0, pane.paneId, 10)) === `${line}\n${line}`);
});

test('without a line, Ctrl-C is typed', async () => {
  const session = await made('interrupted', {
    windows: [newWindow(['sh', '-c', 'trap "echo got it; exit 0" INT; echo set; while :; do sleep 0.05; done'])],
  });
  const pane = paneOf(session);
  await eventually(async () => (await tmux.capture(0, pane.paneId, 5)).includes('set'));
  await tmux.type(pane, null);
  await eventually(async () => (await tmux.capture(0, pane.paneId, 5)).includes('got it'));
});

test('the last lines of a screen are captured with what has scrolled away', async () => {
  const session = await made('scrolled', { windows: [newWindow(['sh', '-c', 'seq 1 300; exec sleep 1000'])] });
  const { paneId } = paneOf(session);
  const lines = await eventually(async () => {
    const captured = (await tmux.capture(0, paneId, 200)).split('\n');
    return captured.at(-1) === '300' && captured;
  });
  assert.equal(
    lines,
    Array.from({ length: 200 }, (_, index) => String(index + 101)),
  );
});

test('a session that is gone is no error to kill, and whatever else is asked of it is', async () => {
  const session = await made('ending', { windows: [newWindow(['cat'])] });
  const pane = paneOf(session);
  await tmux.killSession(pane);
  assert.not((await sessionsOf(tmux)).some(({ name }) => name === 'ending'));
  await tmux.killSession(pane);
  await rejects('NotFound', () => tmux.respawnPane(pane, newWindow()));
  await rejects('NotFound', () => tmux.addWindow(pane, newWindow()));
  await rejects('NotFound', () => tmux.type(pane, 'hello'));
  await rejects('NotFound', () => tmux.capture(0, pane.paneId, 5));
  await rejects('NotFound', () => tmux.pipe(0, pane.paneId, join(bed.directory, 'x.log')));
});

test('the controller lists neither its own quiet session nor itself as somebody who looks on', async () => {
  assert.match(await bed.tmux(['list-sessions']), '_tmuxlet-owner-1');
  const sessions = await sessionsOf(tmux);
  assert.not(sessions.some(({ name }) => name.startsWith('_tmuxlet')));
  assert.ok(sessions.every(({ attached }) => attached === 0));
});

test.run();
