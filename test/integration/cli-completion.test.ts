import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { databaseOf } from '../../src/config.ts';
import { openStore } from '../../src/store/store.ts';
import { type Api, startApi } from '../helpers/api.ts';
import { type BareTmux, bareTmux } from '../helpers/bare-tmux.ts';
import { eventually } from '../helpers/eventually.ts';
import { addProject, manifestOf } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

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
  writeFileSync(join(folder, 'manifest-of-web.yaml'), '');
  context.tmux = bareTmux(folder, { ...process.env, TMUXLET_STATE_DIR: folder, PS1: '> ' });
});
test.after(async ({ api, tmux }) => {
  await tmux.kill();
  await api.close();
});

/** How to begin an interactive shell that knows `tmuxlet` and completes it, and nothing of this machine. */
const SHELLS = {
  bash: {
    argv: ['bash', '--norc', '--noprofile', '-i'],
    lines: [`tmuxlet() { ${process.execPath} ${bin} "$@"; }`, 'source <(tmuxlet completion bash)'],
  },
  zsh: {
    argv: ['zsh', '-f', '-i'],
    lines: [
      "PS1='> '; autoload -Uz compinit; compinit -u -D",
      `tmuxlet() { ${process.execPath} ${bin} "$@"; }`,
      'source <(tmuxlet completion zsh)',
    ],
  },
  fish: {
    argv: ['fish', '--no-config', '-i'],
    lines: [
      "function fish_prompt; echo -n '> '; end",
      `function tmuxlet; ${process.execPath} ${bin} $argv; end`,
      'tmuxlet completion fish | source',
    ],
  },
} as const;

type Shell = keyof typeof SHELLS;

/** Types into an interactive shell that has the completion script, presses Tab, and waits for what is wanted. */
const complete = async (
  { tmux }: Context,
  shell: Shell,
  line: string,
  wanted: string | RegExp,
  presses = 1,
): Promise<void> => {
  const screen = (): Promise<string> => tmux.screen(shell);
  // What the line before has left, then a mark that shows when it is gone.
  await tmux.run('send-keys', '-t', `=${shell}:`, 'C-c');
  const mark = randomUUID();
  await tmux.type(shell, `clear; echo ${mark}`);
  await eventually(async () => (await screen()).split('\n').includes(mark), { withinMs: 20_000, everyMs: 50 });
  await tmux.run('send-keys', '-t', `=${shell}:`, '-l', line);
  for (let press = 0; press < presses; press += 1) await tmux.run('send-keys', '-t', `=${shell}:`, 'Tab');
  await eventually(
    async () => {
      const shown = await screen();
      if (typeof wanted === 'string' ? shown.includes(wanted) : wanted.test(shown)) return true;
      throw new Error(`after "${line}" and Tab, no "${wanted}" in:\n${shown.trimEnd()}`);
    },
    { withinMs: 20_000, everyMs: 50 },
  );
};

/** An interactive shell in a session of its name, once its script is read. */
const startShell = async (tmux: BareTmux, shell: Shell): Promise<void> => {
  const { argv, lines } = SHELLS[shell];
  await tmux.start(shell, 'none', argv);
  for (const each of [...lines, 'clear; echo sourced']) await tmux.type(shell, each);
  await eventually(async () => /^sourced$/m.test(await tmux.screen(shell)), { withinMs: 30_000, everyMs: 50 });
};

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  test(`${shell} reads the script`, ({ tmux }) => startShell(tmux, shell));

  test(`${shell} completes verbs`, (context) => complete(context, shell, 'tmuxlet desc', '> tmuxlet describe'));

  test(`${shell} completes names of Projects`, (context) =>
    complete(context, shell, 'tmuxlet get project wor', '> tmuxlet get project worker'));

  test(`${shell} shows names when more than one fits`, (context) =>
    complete(context, shell, 'tmuxlet delete ', /web.*worker|worker.*web/s, 2));

  test(`${shell} completes kinds`, (context) => complete(context, shell, 'tmuxlet get q', '> tmuxlet get queues'));

  test(`${shell} completes flags, those for every verb too`, async (context) => {
    await complete(context, shell, 'tmuxlet get --wa', '> tmuxlet get --watch');
    await complete(context, shell, 'tmuxlet get --state', '> tmuxlet get --state-dir');
  });

  test(`${shell} completes what a flag may be`, (context) =>
    complete(context, shell, 'tmuxlet get -o y', '> tmuxlet get -o yaml'));

  test(`${shell} completes files where a path is wanted`, (context) =>
    complete(context, shell, `tmuxlet apply -f ${context.api.folder}/manif`, `/manifest-of-web.yaml`));
}

test('bash takes the script twice, without the package bash-completion as with it', async () => {
  const source = `source <(${process.execPath} ${bin} completion bash)`;
  const { stdout, stderr } = await run('bash', ['--norc', '-c', `${source}; ${source}; complete -p tmuxlet`]);
  assert.equal([stdout, stderr], ['complete -o default -F __tmuxlet_complete tmuxlet\n', '']);
});

test('names are those of the state directory that the line names, with a controller or without', async ({ api }) => {
  const { path: folder, remove } = temporaryFolder();
  const store = openStore(databaseOf(folder), { now: () => 1000 });
  addProject(store, manifestOf('left-behind'));
  store.close();
  const ask = async (...words: readonly string[]): Promise<string> => {
    const env = { ...process.env, TMUXLET_STATE_DIR: join(folder, 'none') };
    return (await run(process.execPath, [bin, 'complete', '--', ...words], { env })).stdout;
  };
  assert.is(await ask('--state-dir', folder, 'describe', ''), 'left-behind\tPending\n:4\n');
  assert.match(await ask('describe', '--state-dir', api.folder, ''), /^web\tPending$/m);
  remove();
});

test('where nothing can be asked, nothing is completed and nothing is said', async ({ api }) => {
  const env = { ...process.env, TMUXLET_STATE_DIR: join(api.folder, 'none') };
  const { stdout, stderr } = await run(process.execPath, [bin, 'complete', '--', 'describe', ''], { env });
  assert.match(stdout, /^:\d+\n$/);
  assert.is(stderr, '');
});

test('a shell that is not known is a mistake of usage', async () => {
  const failure = await run(process.execPath, [bin, 'completion', 'csh']).catch((error: unknown) => error);
  assert.is((failure as { code: number }).code, 2);
});

test.run();
