import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Api, startApi } from '../helpers/api.ts';
import { type CliOptions, cli } from '../helpers/cli.ts';

interface Context {
  api: Api;
  apply: (name: string, spec: object, words: readonly string[], options?: CliOptions) => ReturnType<typeof cli>;
  run: (words: readonly string[], options?: CliOptions) => ReturnType<typeof cli>;
}

const test = suite<Context>('session names on the command line');

const manifest = (name: string, spec: object): string =>
  JSON.stringify({
    apiVersion: 'tmuxlet.dev/v1',
    kind: 'Project',
    metadata: { name },
    spec: { path: '/srv', session: { windows: [{ name: 'main', command: 'work' }] }, ...spec },
  });

const named = (name: string) => ({ session: { name, windows: [{ name: 'main', command: 'work' }] } });

test.before.each(async (context) => {
  const api = await startApi();
  mkdirSync(join(api.folder, 'work'));
  context.api = api;
  context.run = (words, options = {}) =>
    cli(words, { cwd: join(api.folder, 'work'), ...options, env: { TMUXLET_STATE_DIR: api.folder } });
  context.apply = (name, spec, words, options) => {
    const file = join(api.folder, 'work', `${name}.json`);
    writeFileSync(file, manifest(name, spec));
    return context.run(['apply', '-f', file, ...words], options);
  };
  const session = { shard: 0, createdAt: 0, attached: 0, panes: [] };
  const tags = { owner: 'owner-2', uid: 'u', project: 'p', attempt: 1, specHash: 'h' };
  api.control.shards = [
    {
      shard: 0,
      socket: '/s/tmux.sock',
      server: { seen: 'Present', value: { pid: 1, startTicks: 1 } },
      sessions: {
        seen: 'Present',
        value: [
          { ...session, id: '$1', name: 'mine', tags: null, claimed: false },
          { ...session, id: '$2', name: 'theirs', tags, claimed: true },
        ],
      },
    },
  ];
});
test.after.each(({ api }) => api.close());

const written = ({ api }: Context, name: string): boolean => existsSync(join(api.folder, 'manifests', `${name}.json`));

test('a person is asked before somebody’s session is replaced or adopted, and without a yes nothing is written', async (context) => {
  for (const [conflictPolicy, question] of [
    ['Replace', /session mine \(\$1.*kill it, with a copy in backups\/.*\[y\/N\]/],
    ['Adopt', /session mine \(\$1.*adopt it if it works in \/srv.*\[y\/N\]/],
  ] as const) {
    for (const stdin of ['n\n', '\n', '']) {
      const { code, err } = await context.apply('mine', { conflictPolicy }, [], { person: true, stdin });
      assert.is(code, 1);
      assert.match(err, question);
      assert.match(err, /nothing was applied/);
      assert.not(written(context, 'mine'));
    }
  }
  const { code, out } = await context.apply('mine', { conflictPolicy: 'Replace' }, [], { person: true, stdin: 'y\n' });
  assert.is(code, 0);
  assert.is(out, 'project/mine created\n');
});

test('nobody is asked with --yes, without a terminal, or where no session of a person is in the way (failure 49)', async (context) => {
  const asked = (err: string): boolean => err.includes('[y/N]');
  const { apply } = context;
  const replace = { conflictPolicy: 'Replace' };
  assert.not(asked((await apply('mine', replace, ['--dry-run'], { person: true })).err));
  assert.not(asked((await apply('mine', { conflictPolicy: 'Fail' }, ['--dry-run'], { person: true })).err));
  assert.not(asked((await apply('mine', replace, ['--yes'], { person: true })).err));
  assert.ok(written(context, 'mine'));
  // What is unchanged takes nobody's session anew.
  assert.not(asked((await apply('mine', replace, [], { person: true })).err));
  for (const [name, spec, options] of [
    ['second', { ...replace, ...named('theirs') }, { person: true }],
    ['third', { ...replace, ...named('free') }, { person: true }],
    ['fourth', { conflictPolicy: 'Rename', ...named('fourth-session') }, { person: true }],
    ['fifth', { ...replace, ...named('elsewhere') }, {}],
  ] as const) {
    const { code, err } = await apply(name, spec, [], options);
    assert.is(code, 0, err);
    assert.not(asked(err));
  }
});

test('two Projects of one session name are refused by apply and validate when one of them would not run', async (context) => {
  const { apply, run, api } = context;
  assert.is((await apply('web', {}, [])).code, 0);
  const beside = await apply('api', named('web'), ['--dry-run']);
  assert.is(beside.code, 0);
  assert.match(beside.err, /warning: projects api, web ask for one session name, "web"/);
  const refused = await apply('api', { conflictPolicy: 'Replace', ...named('web') }, []);
  assert.is(refused.code, 1);
  assert.match(refused.err, /error: projects api, web ask for one session name.*conflictPolicy Replace/);
  assert.not(written(context, 'api'));

  const work = join(api.folder, 'work');
  const checked = await run(['validate', '-f', work]);
  assert.is(checked.code, 1);
  assert.match(checked.out, /projects api, web ask for one session name/);
  writeFileSync(join(work, 'api.json'), manifest('api', named('web')));
  const warned = await run(['validate', '-f', work]);
  assert.is(warned.code, 0);
  assert.match(warned.err, /warning: projects api, web/);
});

test.run();
