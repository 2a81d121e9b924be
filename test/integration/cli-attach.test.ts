import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Api, startApi } from '../helpers/api.ts';
import { type BareTmux, bareTmux } from '../helpers/bare-tmux.ts';
import { cli } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';
import { addProject, attemptOf, manifestOf } from '../helpers/store.ts';

interface Context {
  api: Api;
  /** The server that the Project's session is on. */
  inner: BareTmux;
  /** The terminal of a person. */
  outer: BareTmux;
}

const test = suite<Context>('attach');
const bin = resolve('bin/tmuxlet.js');

test.before(async (context) => {
  const api = await startApi();
  const env = { ...process.env, TMUXLET_STATE_DIR: api.folder };
  mkdirSync(join(api.folder, 'outer'));
  context.api = api;
  context.outer = bareTmux(join(api.folder, 'outer'), env);
  context.inner = bareTmux(api.folder, env);
  await context.inner.start('web', 'uid-web', ['sh', '-c', 'echo this is main; exec cat']);
  await context.inner.run('new-window', '-d', '-t', '=web:', '-n', 'side', 'echo this is side; exec cat');
  const id = (await context.inner.run('display-message', '-p', '-t', '=web:', '#{session_id}')).trim();
  const windows = [
    { name: 'main', command: 'x' },
    { name: 'side', command: 'x' },
  ];
  const uid = addProject(api.store, manifestOf('web', { session: { windows } }), { memory: { attempt: 1 } });
  const attempt = attemptOf(uid, 1, { shard: 0, sessionName: 'web', sessionId: id, startedAt: 1 });
  api.store.transaction((writes) => writes.applyAttempt(uid, { begin: attempt }));
});
test.after(async ({ api, inner, outer }) => {
  await outer.kill();
  await inner.kill();
  await api.close();
});

/** Types a line into a shell of the outer server, and waits until the screen shows what is wanted. */
const type = async ({ outer }: Context, shell: string, line: string, wanted: string): Promise<void> => {
  await outer.start(shell, 'none', ['bash', '--norc', '--noprofile', '-i']);
  await outer.type(shell, `${process.execPath} ${bin} ${line}; echo ended with $?`);
  await shows(outer, shell, wanted);
};

const shows = (tmux: BareTmux, session: string, wanted: string): Promise<unknown> =>
  eventually(
    async () => {
      const screen = await tmux.screen(session);
      if (!screen.includes(wanted)) throw new Error(`no "${wanted}" in:\n${screen}`);
      return true;
    },
    { withinMs: 10_000, everyMs: 50 },
  );

test('attach shows the session in a terminal of another server, types into it, and leaves it running', async (context) => {
  const { inner, outer } = context;
  await type(context, 'one', 'attach web', 'this is main');
  await outer.run('send-keys', '-t', '=one:', '-l', 'typed');
  await shows(inner, 'web', 'typed');
  await inner.run('detach-client', '-s', '=web');
  await shows(outer, 'one', 'ended with 0');
  assert.match(await inner.run('list-sessions'), 'web');
});

test('attach goes to a window, and --read-only types nothing', async (context) => {
  const { inner, outer } = context;
  await type(context, 'two', 'attach project/web side --read-only', 'this is side');
  assert.is((await inner.run('list-clients', '-F', '#{client_readonly}')).trim(), '1');
  await outer.run('send-keys', '-t', '=two:', '-l', 'unwanted');
  await inner.run('detach-client', '-s', '=web');
  await shows(outer, 'two', 'ended with 0');
  assert.not.match(await inner.screen('web'), 'unwanted');
});

test('attach from within the same server switches the client to the session', async (context) => {
  const { inner, outer } = context;
  await inner.start('person', 'none', ['bash', '--norc', '--noprofile', '-i']);
  await outer.start('three', 'none', ['env', '-u', 'TMUX', 'tmux', '-S', inner.socket, 'attach', '-t', '=person']);
  await eventually(async () => (await inner.run('list-clients', '-F', '#{session_name}')).trim() === 'person');
  await inner.type('person', `${process.execPath} ${bin} attach web main`);
  await eventually(async () => (await inner.run('list-clients', '-F', '#{session_name}')).trim() === 'web', {
    withinMs: 10_000,
  });
  await shows(outer, 'three', 'this is main');
});

test('a window that is not there is named with those that are', async ({ api }) => {
  const { code, err } = await cli(['attach', 'web', 'nope'], { env: { TMUXLET_STATE_DIR: api.folder } });
  assert.is(code, 2);
  assert.match(err, 'project "web" has no window "nope"; its windows are main, side');
});

test.run();
