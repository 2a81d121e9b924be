import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { newMemory } from '../../src/api/memory.ts';
import { type Api, startApi } from '../helpers/api.ts';
import { type CliOptions, cli } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';
import { addProject, manifestOf } from '../helpers/store.ts';

interface Context {
  api: Api;
  /** A call of the command line about the state directory of `api`. */
  run: (line: string | readonly string[], options?: CliOptions) => ReturnType<typeof cli>;
}

const test = suite<Context>('cli');

test.before.each(async (context) => {
  const api = await startApi();
  const cwd = join(api.folder, 'work');
  mkdirSync(cwd);
  context.api = api;
  context.run = (line, options = {}) =>
    cli(typeof line === 'string' ? line.split(' ') : line, {
      cwd,
      ...options,
      env: { TMUXLET_STATE_DIR: api.folder, ...options.env },
    });
});
test.after.each(({ api }) => api.close());

const directory = ({ api }: Context) => join(api.folder, 'manifests');
const text = (name: string, spec: object = {}) =>
  `${JSON.stringify({
    apiVersion: 'tmuxlet.dev/v1',
    kind: 'Project',
    metadata: { name },
    spec: { path: '/srv', session: { windows: [{ name: 'main', command: 'sleep 1000' }] }, ...spec },
  })}\n`;
const declare = (context: Context, name: string, spec: object = {}) => {
  mkdirSync(directory(context), { recursive: true });
  writeFileSync(join(directory(context), `${name}.json`), text(name, spec));
};

test('get prints a table as kubectl does, data on stdout and nothing else', async ({ api, run }) => {
  addProject(api.store, manifestOf('web', {}, { labels: { team: 'a' } }), { at: 1000 });
  addProject(api.store, manifestOf('api'), { at: 1000, memory: { phase: 'Running', reason: 'Started', attempt: 2 } });
  for (const words of ['get', 'get projects', 'get project', 'get proj']) {
    const { code, out, err } = await run(words, { nowMs: 61_000 });
    assert.is(code, 0);
    assert.is(err, '');
    assert.equal(out.split('\n'), [
      'NAME   PHASE     REASON    ATTEMPT   RESTARTS   AGE',
      'api    Running   Started   2         0          60s',
      'web    Pending   Created   0         0          60s',
      '',
    ]);
  }
  assert.match((await run('get -o wide')).out, /^NAME.*SESSION.*MESSAGE$/m);
  assert.is((await run('get projects -l team=a -o name')).out, 'project/web\n');
  assert.is((await run('get project/web -o name')).out, 'project/web\n');
  assert.is((await run('get proj web api -o name')).out, 'project/api\nproject/web\n');
});

test('get -o json is a ProjectList, and one Project when one is named', async ({ api, run }) => {
  addProject(api.store, manifestOf('web'));
  const list = JSON.parse((await run('get -o json')).out);
  assert.is(list.apiVersion, 'tmuxlet.dev/v1');
  assert.is(list.kind, 'ProjectList');
  assert.equal(Object.keys(list.items[0]), ['apiVersion', 'kind', 'metadata', 'spec', 'status']);
  for (const field of [
    'phase',
    'conditions',
    'socket',
    'sessionName',
    'sessionId',
    'attempt',
    'restarts',
    'failures',
  ]) {
    assert.ok(field in list.items[0].status, field);
  }
  for (const field of ['startedAt', 'nextAttemptAt', 'observedGeneration'])
    assert.ok(field in list.items[0].status, field);
  assert.is(JSON.parse((await run('get project web -o json')).out).kind, 'Project');
  assert.is(parse((await run('get project web -o yaml')).out).metadata.name, 'web');
});

test('get of every kind answers', async ({ run }) => {
  for (const kind of ['projects', 'sessions', 'manifests', 'events', 'queues', 'locks']) {
    const { code, err } = await run(`get ${kind}`);
    assert.is(code, 0);
    assert.is(err, `no ${kind} found\n`);
    assert.match((await run(`get ${kind} -o json`)).out, 'List"');
  }
});

test('get says what is not there, and ends with 1', async ({ api, run }) => {
  addProject(api.store, manifestOf('web'));
  const { code, out, err } = await run('get project web nope');
  assert.is(code, 1);
  assert.match(out, /^web /m);
  assert.is(err, 'error: project "nope" not found\n');
});

test('get -w prints what is there as a table, and then a line for each change', async ({ api, run }) => {
  addProject(api.store, manifestOf('web'));
  const enough = new AbortController();
  let out = '';
  const watching = run('get -w', {
    signal: enough.signal,
    onOut: (text) => {
      out = text;
    },
  });
  await eventually(() => out.split('\n').length === 3);
  addProject(api.store, manifestOf('new'));
  api.control.tell();
  await eventually(() => out.split('\n').length === 4);
  enough.abort();
  assert.is((await watching).code, 0);
  assert.match(out.split('\n')[2] ?? '', /^new +Pending/);
});

test('events are told for one Project or for all', async ({ api, run }) => {
  addProject(api.store, manifestOf('web'));
  api.store.transaction((writes) => {
    writes.recordEvent({ type: 'Normal', reason: 'Started', message: 'up', object: 'Project/web' }, 1000);
    writes.recordEvent({ type: 'Warning', reason: 'Odd', message: 'hm', object: 'Controller' }, 2000);
  });
  assert.is((await run('events', { nowMs: 3000 })).out.split('\n').length, 4);
  const { out } = await run('events web', { nowMs: 3000 });
  assert.equal(out.split('\n')[1]?.split(/ {2,}/), ['2s', 'Normal', 'Started', 'Project/web', '1', 'up']);
});

test('events are narrowed by type, reason and time', async ({ api, run }) => {
  api.store.transaction((writes) => {
    writes.recordEvent({ type: 'Normal', reason: 'Started', message: 'up', object: 'Project/web' }, 1000);
    writes.recordEvent({ type: 'Warning', reason: 'Odd', message: 'hm', object: 'Project/web' }, 60_000);
    writes.recordEvent({ type: 'Normal', reason: 'Completed', message: 'done', object: 'Project/web' }, 61_000);
  });
  const reasons = async (flags: string): Promise<readonly string[]> => {
    const { out } = await run(`events -o json ${flags}`, { nowMs: 62_000 });
    return (JSON.parse(out) as { items: { reason: string }[] }).items.map(({ reason }) => reason);
  };
  assert.equal(await reasons('--type Warning'), ['Odd']);
  assert.equal(await reasons('--reason Started --reason Completed'), ['Started', 'Completed']);
  assert.equal(await reasons('--since 10s'), ['Odd', 'Completed']);
  assert.equal(await reasons('--since 10s --type Normal'), ['Completed']);
  assert.match((await run('events --since soon')).err, '--since: must be a span');
});

test('a mistake of usage ends with 2 and says what would be right', async ({ run }) => {
  for (const [line, message] of [
    ['gett', /unknown command 'gett'[^]*Did you mean get\?/],
    ['get sesions', /there is no kind "sesions"; did you mean "get sessions"\?/],
    ['get web', /there is no kind "web"; did you mean "get project web"\?/],
    ['get -o xml', /Allowed choices are wide, json, yaml, name/],
    ['get sessions -l a=b', /-l: only Projects have labels/],
    ['get -l a=b=c', /label selector/],
    ['describe', /missing required argument 'name'/],
    ['describe Web_1', /"Web_1" is no name of a Project: it must be a DNS-1123 label/],
    ['wait web --for sometime', /--for: must be condition=/],
    ['wait --for delete', /name the Projects to wait for, or --all/],
    ['apply', /required option '-f, --filename <path>' not specified/],
    ['delete', /name the Projects to delete/],
    ['--max-concurrent x get', /unknown option '--max-concurrent'/],
    ['run --max-concurrent x', /--max-concurrent: must be a whole number/],
    ['logs web --tail few', /it must be a whole number/],
  ] as const) {
    const { code, out, err } = await run(line);
    assert.is(code, 2, line);
    assert.is(out, '', line);
    assert.match(err, message, line);
    assert.not.match(err, /\n +at /, line);
  }
});

test('help is data, and no failure', async ({ run }) => {
  const { code, out, err } = await run('get --help');
  assert.is(code, 0);
  assert.match(out, 'Usage: tmuxlet get');
  assert.match(out, '--state-dir');
  assert.is(err, '');
});

test('an error of our own is called so, and shows where only when asked', async ({ api, run }) => {
  api.store.close();
  const silent = await run('get');
  assert.is(silent.code, 1);
  assert.not.match(silent.err, /\n +at /);
});

test('apply writes manifests, says what changed, and leaves alone what did not', async (context) => {
  const { run } = context;
  writeFileSync(join(context.api.folder, 'work', 'a.json'), text('web'));
  assert.equal(await run('apply -f a.json'), { code: 0, out: 'project/web created\n', err: '' });
  assert.ok(existsSync(join(directory(context), 'web.json')));
  assert.is((await run('apply -f a.json')).out, 'project/web unchanged\n');
  const changed = text('web', { priority: 3 });
  assert.is((await run('apply -f - --dry-run', { stdin: changed })).out, 'project/web configured (dry run)\n');
  assert.is((await run('apply -f - --dry-run', { stdin: text('new') })).out, 'project/new created (dry run)\n');
  assert.is((await run('apply -f a.json --dry-run')).out, 'project/web unchanged (dry run)\n');
  assert.equal(readdirSync(directory(context)), ['web.json']);
  assert.is((await run('apply -f -', { stdin: changed })).out, 'project/web configured\n');
  assert.is(JSON.parse(readFileSync(join(directory(context), 'web.json'), 'utf8')).spec.priority, 3);
});

test('apply takes a directory and a list, and writes nothing when one of them is wrong', async (context) => {
  const { run } = context;
  const folder = join(context.api.folder, 'work');
  mkdirSync(join(folder, 'many'));
  writeFileSync(join(folder, 'many', 'a.json'), text('a'));
  writeFileSync(join(folder, 'many', 'b.json'), text('b'));
  writeFileSync(join(folder, 'broken.json'), text('c', { priorty: 1 }));
  const broken = await run('apply -f many -f broken.json');
  assert.is(broken.code, 1);
  assert.match(broken.err, /broken\.json:1:\d+: spec\.priorty: unknown key; did you mean "priority"\?/);
  assert.not(existsSync(join(directory(context), 'a.json')));
  assert.is((await run('apply -f many')).out, 'project/a created\nproject/b created\n');
  assert.match((await run('apply -f none.json')).err, /cannot read .*none\.json: ENOENT/);
});

test('apply refuses dependencies that close a cycle, and shows it', async (context) => {
  const { run } = context;
  declare(context, 'a', { dependsOn: [{ project: 'b' }] });
  const { code, err } = await run('apply -f -', { stdin: text('b', { dependsOn: [{ project: 'a' }] }) });
  assert.is(code, 1);
  assert.match(err, 'closes a cycle: b -> a -> b');
  assert.not(existsSync(join(directory(context), 'b.json')));
});

test('get -o yaml | apply -f - changes nothing, masked values and all', async (context) => {
  const { api, run } = context;
  const spec = {
    session: { env: { TOKEN: 'abc' }, windows: [{ name: 'main', command: 'x', env: { KEY: 'xyz' } }] },
  };
  declare(context, 'web', spec);
  addProject(api.store, manifestOf('web', spec));
  const before = readFileSync(join(directory(context), 'web.json'), 'utf8');
  for (const format of ['yaml', 'json']) {
    const shown = await run(`get -o ${format}`);
    assert.not.match(shown.out, 'abc');
    assert.not.match(shown.out, 'xyz');
    assert.equal(await run('apply -f -', { stdin: shown.out }), { code: 0, out: 'project/web unchanged\n', err: '' });
  }
  assert.is(readFileSync(join(directory(context), 'web.json'), 'utf8'), before);

  const edited = (await run('get project web -o yaml')).out.replace('priority: 0', 'priority: 9');
  assert.is((await run('apply -f -', { stdin: edited })).out, 'project/web configured\n');
  const written = parse(readFileSync(join(directory(context), 'web.json'), 'utf8'));
  assert.is(written.spec.priority, 9);
  assert.equal(written.spec.session.env, { TOKEN: 'abc' });
  assert.equal(written.spec.session.windows[0].env, { KEY: 'xyz' });
  assert.is(written.status, undefined);
});

test('a masked value that nobody knows is refused', async ({ run }) => {
  const { code, err } = await run('apply -f -', {
    stdin: text('web', { session: { env: { TOKEN: '***' }, windows: [{ name: 'main', command: 'x' }] } }),
  });
  assert.is(code, 1);
  assert.match(err, 'spec.session.env: the value of TOKEN is masked');
});

test('the manifest directory is the one that the controller reads, and a different one is warned of', async (context) => {
  const { api, run } = context;
  const other = join(api.folder, 'other');
  api.store.transaction((writes) => writes.setSetting('manifests', other));
  await run('apply -f -', { stdin: text('web') });
  assert.equal(readdirSync(other), ['web.json']);
  const { err } = await run(`apply -f - --manifests ${join(api.folder, 'third')}`, { stdin: text('web') });
  assert.match(err, `warning: the running controller reads ${other}`);
});

test('delete takes the manifest away and asks the controller, which is waited for', async (context) => {
  const { api, run } = context;
  declare(context, 'web');
  const uid = addProject(api.store, manifestOf('web'));
  const deleting = run('delete project/web --timeout 5s');
  await eventually(() => api.control.watchers > 0);
  assert.not(existsSync(join(directory(context), 'web.json')));
  api.store.transaction((writes) => writes.forgetProject(uid));
  api.control.tell();
  assert.equal(await deleting, { code: 0, out: 'project/web deleted\n', err: '' });
  assert.equal(api.control.deletions, [{ name: 'web', force: false }]);
});

test('delete knows --dry-run, --force, --no-wait, files, and what is not there', async (context) => {
  const { api, run } = context;
  declare(context, 'web');
  addProject(api.store, manifestOf('web'));
  assert.is((await run('delete web --dry-run')).out, 'project/web deleted (dry run)\n');
  assert.ok(existsSync(join(directory(context), 'web.json')));
  assert.is((await run('delete -f - --force --no-wait', { stdin: text('web') })).code, 0);
  assert.equal(api.control.deletions, [{ name: 'web', force: true }]);
  const { code, err } = await run('delete nope');
  assert.is(code, 1);
  assert.is(err, 'error: project "nope" not found\n');
  const late = await run('delete web --timeout 50ms');
  assert.is(late.code, 1);
  assert.match(late.err, 'project "web" is still there');
});

test('suspend and unsuspend edit the manifest, comments and all', async (context) => {
  const { run } = context;
  mkdirSync(directory(context));
  const file = join(directory(context), 'web.yaml');
  const yaml =
    '# mine\napiVersion: tmuxlet.dev/v1\nkind: Project\nmetadata: {name: web}\nspec:\n  path: /srv # here\n' +
    '  session: {windows: [{name: main, command: x}]}\n';
  writeFileSync(file, yaml);
  assert.is((await run('suspend web')).out, 'project/web suspended\n');
  assert.match(readFileSync(file, 'utf8'), /^# mine[^]*path: \/srv # here\n {2}suspend: true$/m);
  assert.is((await run('suspend web')).out, 'project/web was suspended already\n');
  assert.is((await run('unsuspend web')).out, 'project/web unsuspended\n');
  assert.is(parse(readFileSync(file, 'utf8')).spec.suspend, false);
  const missing = await run('suspend nope');
  assert.is(missing.code, 1);
  assert.match(missing.err, 'declares project "nope"');
});

test('restart and reset are asked for, and their new attempt is waited for on request', async ({ api, run }) => {
  const uid = addProject(api.store, manifestOf('web'), { memory: { phase: 'Running', attempt: 1 } });
  assert.equal(await run('restart web'), { code: 0, out: 'project/web restart asked for\n', err: '' });
  assert.is(api.store.pendingCommand('web')?.verb, 'restart');
  const resetting = run('reset web --wait');
  await eventually(() => api.control.watchers > 0);
  const row = api.store.project(uid);
  const memory = { ...newMemory, phase: 'Running', attempt: 2 } as const;
  api.store.transaction((writes) => writes.setMemory(uid, row?.resourceVersion ?? 0, memory));
  api.control.tell();
  assert.equal(await resetting, { code: 0, out: 'project/web reset asked for\nproject/web reset done\n', err: '' });
  const missing = await run('restart web nope');
  assert.is(missing.code, 1);
  assert.equal([missing.out, missing.err], ['', 'error: project "nope" not found\n']);
  const late = await run('restart web --wait --timeout 10ms');
  assert.is(late.code, 1);
  assert.match(late.err, 'the restart of project "web" is not done yet: it is Running');
});

test('confirm-deletions is a command to the controller', async ({ api, run }) => {
  assert.is((await run('confirm-deletions')).out, 'deletions confirmed\n');
  assert.is(api.store.pendingCommand('')?.verb, 'confirm-deletions');
});

test('wait ends when it is so, for one that is not there yet too, and with 1 when it never is', async ({
  api,
  run,
}) => {
  addProject(api.store, manifestOf('web'), { memory: { phase: 'Running' } });
  assert.is((await run('wait web --for phase=Running')).out, 'project/web condition met\n');
  const waiting = run('wait web late --for phase=Running --timeout 5s');
  await eventually(() => api.control.watchers > 0);
  addProject(api.store, manifestOf('late'), { memory: { phase: 'Running' } });
  api.control.tell();
  assert.is((await waiting).code, 0);
  assert.is((await run('wait --all --for phase=Running')).code, 0);
  assert.is((await run('wait gone --for delete')).out, 'project/gone deleted\n');
  const { code, err } = await run('wait web nope --for phase=Failed --timeout 50ms');
  assert.is(code, 1);
  assert.match(err, 'timed out waiting for phase=Failed on project/web: it is Running');
  assert.match(err, 'on project/nope: it is not found');
});

test('describe tells of one or many, in words or as JSON', async ({ api, run }) => {
  addProject(api.store, manifestOf('web'));
  assert.match((await run('describe web')).out, /^Name: +web$/m);
  assert.match((await run('describe project web')).out, /^Name: +web$/m);
  assert.is(JSON.parse((await run('describe web -o json')).out).project.metadata.name, 'web');
  assert.is((await run('describe nope')).code, 1);
});

test('plan says what would be done, and why', async ({ api, run }) => {
  assert.is((await run('plan')).err, 'nothing to do\n');
  api.control.planned = [
    { project: 'web', action: 'StartSession', rule: 'admitted: start', message: 'no session yet' },
    { project: 'api', action: null, rule: 'not admitted: wait', message: 'the queue is full' },
  ];
  assert.equal((await run('plan')).out.split('\n'), [
    'PROJECT   ACTION         RULE                 WHY',
    'web       StartSession   admitted: start      no session yet',
    'api       -              not admitted: wait   the queue is full',
    '',
  ]);
  assert.is(JSON.parse((await run('plan -o json')).out).length, 2);
});

test('validate checks files, or the whole directory, and between them', async (context) => {
  const { run } = context;
  declare(context, 'web');
  const good = await run('validate');
  assert.is(good.code, 0);
  assert.is(good.out, `${join(directory(context), 'web.json')}: valid, web\n`);
  const bad = await run('validate -f -', { stdin: text('web', { path: 7 }) });
  assert.is(bad.code, 1);
  assert.match(bad.out, /<stdin>:1:\d+: spec\.path: /);
  writeFileSync(join(directory(context), 'twin.json'), text('web'));
  writeFileSync(join(directory(context), 'self.json'), text('self', { dependsOn: [{ project: 'self' }] }));
  const twin = await run('validate');
  assert.is(twin.code, 1);
  assert.match(twin.out, 'project "web" is declared in');
  assert.match(twin.out, 'closes a cycle: self -> self');
});

test('create declares a Project from a command', async (context) => {
  const { api, run } = context;
  const line = [
    'create',
    'web',
    '--window',
    'side=tail -f x',
    '--env',
    'A=b=c',
    '--label',
    't=1',
    '--',
    'npm',
    'start',
  ];
  assert.is((await run(line)).out, 'project/web created\n');
  const manifest = JSON.parse(readFileSync(join(directory(context), 'web.json'), 'utf8'));
  assert.equal(manifest.metadata, { name: 'web', labels: { t: '1' } });
  assert.is(manifest.spec.path, join(api.folder, 'work'));
  assert.equal(manifest.spec.session, {
    env: { A: 'b=c' },
    windows: [
      { name: 'main', command: ['npm', 'start'] },
      { name: 'side', command: 'tail -f x' },
    ],
  });
  const again = await run(line);
  assert.is(again.code, 1);
  assert.match(again.err, 'project "web" is declared already');
  const shown = await run(['create', 'two', '-o', 'yaml', '--', 'sleep 5']);
  assert.is(parse(shown.out).spec.session.windows[0].command, 'sleep 5');
  assert.not(existsSync(join(directory(context), 'two.json')));
  assert.is((await run('create Two -- x')).code, 2);
  assert.match((await run('create two --env novalue -- x')).err, '--env: must be NAME=VALUE');
});

test('version tells that of the program and of the controller', async ({ run }) => {
  assert.match((await run('version')).out, /^client: +\d+\.\d+\.\d+\ncontroller: 1\.2\.3\n$/);
});

test('attach says why there is nothing to attach to', async ({ api, run }) => {
  addProject(api.store, manifestOf('web'));
  const { code, err } = await run('attach web');
  assert.is(code, 1);
  assert.match(err, 'project "web" has no session: it is Pending (Created)');
});

test('colours are for terminals that want them', async ({ api, run }) => {
  addProject(api.store, manifestOf('web'), { memory: { phase: 'Running' } });
  const terminal = { columns: 80, rows: 24 };
  assert.match((await run('get', { terminal })).out, '\u001b[32mRunning');
  assert.not.match((await run('get', { terminal, env: { NO_COLOR: '1' } })).out, '\u001b[');
  assert.not.match((await run('get')).out, '\u001b[');
});

test('without a controller what is stored is read, and the rest is refused in one line', async (context) => {
  const { api, run } = context;
  declare(context, 'web');
  addProject(api.store, manifestOf('web'));
  await api.stopServer();
  for (const line of [
    'get',
    'get manifests',
    'get queues',
    'describe web',
    'events',
    'validate',
    'version',
    'suspend web',
    'get locks',
    'doctor',
  ]) {
    assert.is((await run(line)).code, 0, line);
  }
  assert.is((await run('apply -f -', { stdin: text('two') })).out, 'project/two created\n');
  assert.match((await run('delete two')).err, 'no controller is running');
  for (const line of ['restart web', 'get sessions', 'get -w', 'wait web --for delete', 'confirm-deletions']) {
    const { code, err } = await run(line);
    assert.is(code, 1, line);
    assert.match(err, /^error: no controller is running in \S+; start it with: tmuxlet run --state-dir \S+\n$/, line);
  }
});

test.run();
