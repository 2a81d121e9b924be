import { appendFileSync, mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Api, startApi } from '../helpers/api.ts';
import { type CliOptions, cli } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';
import { addProject, manifestOf } from '../helpers/store.ts';

interface Context {
  api: Api;
  /** The log of the window main. */
  log: string;
  run: (line: string, options?: CliOptions) => ReturnType<typeof cli>;
}

const test = suite<Context>('logs');

test.before.each(async (context) => {
  const api = await startApi();
  mkdirSync(join(api.folder, 'logs', 'web'), { recursive: true });
  context.api = api;
  context.log = join(api.folder, 'logs', 'web', 'main.log');
  context.run = (line, options = {}) => cli(line.split(' '), { ...options, env: { TMUXLET_STATE_DIR: api.folder } });
  const windows = [
    { name: 'side', command: 'x' },
    { name: 'main', command: 'x', primary: true },
  ];
  addProject(api.store, manifestOf('web', { session: { windows } }));
});
test.after.each(({ api }) => api.close());

/** Follows the log; `seen` is what was printed so far, `end` stops and gives all of it. */
const follow = ({ run }: Context, line: string) => {
  const enough = new AbortController();
  let out = '';
  const following = run(line, {
    signal: enough.signal,
    onOut: (text) => {
      out = text;
    },
  });
  return {
    seen: (text: string) => eventually(() => out === text, { withinMs: 3000 }),
    end: async () => {
      enough.abort();
      return following;
    },
  };
};

test('the log of the primary is printed, or of the window named, byte by byte', async ({ run, log, api }) => {
  writeFileSync(log, 'one\n\u001b[31mtwo\u001b[0m\n');
  writeFileSync(join(api.folder, 'logs', 'web', 'side.log'), 'beside\n');
  assert.equal(await run('logs web'), { code: 0, out: 'one\n\u001b[31mtwo\u001b[0m\n', err: '' });
  assert.is((await run('logs web side')).out, 'beside\n');
});

test('--tail gives the last lines only, of a long log too', async ({ run, log }) => {
  writeFileSync(log, 'a\nb\nc\n');
  assert.is((await run('logs web --tail 2')).out, 'b\nc\n');
  assert.is((await run('logs web --tail 9')).out, 'a\nb\nc\n');
  assert.is((await run('logs web --tail 0')).out, '');
  writeFileSync(log, 'a\nb\nhalf');
  assert.is((await run('logs web --tail 1')).out, 'half');
  assert.is((await run('logs web --tail 0')).out, '');
  const line = `${'x'.repeat(99)}\n`;
  writeFileSync(log, line.repeat(5000));
  assert.is((await run('logs web --tail 2000')).out, line.repeat(2000));
});

test('-f goes on with what is written', async (context) => {
  writeFileSync(context.log, 'one\ntwo\n');
  const { seen, end } = follow(context, 'logs web -f --tail 1');
  await seen('two\n');
  appendFileSync(context.log, 'three\n');
  await seen('two\nthree\n');
  assert.is((await end()).code, 0);
});

test('-f loses no line when the log is rotated under it', async (context) => {
  const { log } = context;
  writeFileSync(log, 'one\n');
  const { seen, end } = follow(context, 'logs web -f');
  await seen('one\n');
  renameSync(log, `${log}.1`);
  appendFileSync(`${log}.1`, 'late\n');
  await seen('one\nlate\n');
  writeFileSync(log, 'new\n');
  await seen('one\nlate\nnew\n');
  await end();
});

test('-f begins again when the log is cut short', async (context) => {
  writeFileSync(context.log, 'a long line\n');
  const { seen, end } = follow(context, 'logs web -f');
  await seen('a long line\n');
  truncateSync(context.log);
  appendFileSync(context.log, 'new\n');
  await seen('a long line\nnew\n');
  await end();
});

test('-f waits for a log that is not there yet', async (context) => {
  const { seen, end } = follow(context, 'logs web -f');
  writeFileSync(context.log, 'first\n');
  await seen('first\n');
  await end();
});

test('a log that is not there is said to be so, and which are', async ({ run, log }) => {
  const none = await run('logs web');
  assert.is(none.code, 1);
  assert.match(none.err, 'project "web" has no log of window "main": it has none yet');
  writeFileSync(log, 'x\n');
  assert.match((await run('logs web other')).err, 'it has logs of main');
  assert.match((await run('logs nope')).err, 'project "nope" not found');
  assert.is((await run('logs web ../../x -f')).code, 2);
});

test('logs outlive their Project', async ({ run, log, api }) => {
  writeFileSync(log, 'x\n');
  api.store.transaction((writes) => writes.forgetProject('uid-web'));
  assert.is((await run('logs web')).out, 'x\n');
});

test.run();
