import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Api, startApi } from '../helpers/api.ts';
import { type BareTmux, bareTmux } from '../helpers/bare-tmux.ts';
import { eventually } from '../helpers/eventually.ts';
import { addProject, manifestOf } from '../helpers/store.ts';

interface Context {
  api: Api;
  /** A tmux server to run shells in. */
  tmux: BareTmux;
}

const test = suite<Context>('completion');
const run = promisify(execFile);
const bin = resolve('bin/tmuxlet.js');

test.before(async (context) => {
  context.api = await startApi();
  const { folder, store } = context.api;
  for (const name of ['web', 'worker', 'api']) addProject(store, manifestOf(name));
  context.tmux = bareTmux(folder, { ...process.env, TMUXLET_STATE_DIR: folder, PS1: '> ' });
});
test.after(async ({ api, tmux }) => {
  await tmux.kill();
  await api.close();
});

/** Types into an interactive bash that has the completion script, presses Tab, and waits for what is wanted. */
const complete = async ({ tmux }: Context, line: string, wanted: string, presses = 1): Promise<void> => {
  const shell = randomUUID();
  await tmux.start(shell, 'none', ['bash', '--norc', '--noprofile', '-i']);
  await tmux.type(shell, `tmuxlet() { ${process.execPath} ${bin} "$@"; }`);
  await tmux.type(shell, 'source <(tmuxlet completion bash); clear; echo sourced');
  await eventually(async () => /^sourced$/m.test(await tmux.screen(shell)));
  await tmux.run('send-keys', '-t', `=${shell}:`, '-l', line);
  for (let press = 0; press < presses; press += 1) await tmux.run('send-keys', '-t', `=${shell}:`, 'Tab');
  await eventually(
    async () => {
      const screen = await tmux.screen(shell);
      if (!screen.includes(wanted)) throw new Error(`after "${line}" and Tab, no "${wanted}" in:\n${screen}`);
      return true;
    },
    { withinMs: 10_000, everyMs: 50 },
  );
};

test('bash completes verbs', (context) => complete(context, 'tmuxlet desc', '> tmuxlet describe'));

test('bash completes names of Projects', (context) =>
  complete(context, 'tmuxlet restart wor', '> tmuxlet restart worker'));

test('bash shows names when more than one fits', (context) =>
  complete(context, 'tmuxlet delete web w', 'web     worker', 2));

test('bash completes kinds', (context) => complete(context, 'tmuxlet get q', '> tmuxlet get queues'));

test('bash completes flags', (context) => complete(context, 'tmuxlet get --wa', '> tmuxlet get --watch'));

test('bash completes what a flag may be', (context) => complete(context, 'tmuxlet get -o y', '> tmuxlet get -o yaml'));

test('where nothing can be asked, nothing is completed and nothing is said', async ({ api }) => {
  const env = { ...process.env, TMUXLET_STATE_DIR: join(api.folder, 'none') };
  const { stdout, stderr } = await run(process.execPath, [bin, 'complete', '--', 'describe', ''], { env });
  assert.match(stdout, /^:\d+\n$/);
  assert.is(stderr, '');
});

for (const [shell, mark] of [
  ['bash', 'complete -F'],
  ['zsh', '#compdef tmuxlet'],
  ['fish', 'complete -c tmuxlet'],
] as const) {
  test(`a script for ${shell} is printed`, async ({ api }) => {
    const env = { ...process.env, TMUXLET_STATE_DIR: api.folder };
    assert.match((await run(process.execPath, [bin, 'completion', shell], { env })).stdout, mark);
  });
}

test('a shell that is not known is a mistake of usage', async () => {
  const failure = await run(process.execPath, [bin, 'completion', 'csh']).catch((error: unknown) => error);
  assert.is((failure as { code: number }).code, 2);
});

test.run();
