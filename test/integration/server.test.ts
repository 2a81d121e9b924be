import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import DatabaseFile from 'better-sqlite3';
import { Counter } from 'prom-client';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { IncomingMessage } from 'node:http';
import { connect } from '../../src/server/connect.ts';
import { NotFound } from '../../src/server/views/views.ts';
import { type Api, startApi } from '../helpers/api.ts';
import { eventually } from '../helpers/eventually.ts';
import { addProject, manifestOf } from '../helpers/store.ts';

const test = suite<{ api: Api }>('server');

test.before.each(async (context) => {
  context.api = await startApi();
});
test.after.each(({ api }) => api.close());

interface Answer {
  readonly code: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const ask = (target: object, path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ ...target, path, method, headers, agent: false }, (response) => {
      text(response).then(
        (body) => resolve({ code: response.statusCode ?? 0, body, headers: response.headers }),
        reject,
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

const overTcp = ({ url }: Api, path: string, asking?: Asking) =>
  ask({ host: '127.0.0.1', port: new URL(url).port }, path, asking);
const overUnix = ({ socket }: Api, path: string, asking?: Asking) => ask({ socketPath: socket }, path, asking);
const JSON_TYPE = { 'Content-Type': 'application/json' };

const where = ({ folder, socket }: Api) => ({
  stateDir: folder,
  socket,
  database: join(folder, 'tmuxlet.db'),
  locks: () => [],
  tmuxSocket: join(folder, 'tmux.sock'),
});

test('the unix socket is for its owner alone', ({ api }) => {
  assert.is(statSync(api.socket).mode & 0o777, 0o600);
});

test('health answers ok, lists each check when asked, and fails with the reason', async ({ api }) => {
  for (const path of ['/livez', '/readyz', '/healthz']) assert.is((await overTcp(api, path)).body, 'ok');
  assert.is((await overTcp(api, '/readyz?verbose')).body, '[+]tmux ok\nreadyz check passed\n');
  api.control.readiness = [
    { name: 'store', ok: true, message: '' },
    { name: 'tmux', ok: false, message: 'timed out' },
  ];
  const answer = await overTcp(api, '/readyz');
  assert.is(answer.code, 503);
  assert.is(answer.body, '[+]store ok\n[-]tmux failed: timed out\nreadyz check failed\n');
  assert.is((await overTcp(api, '/livez')).code, 200);
  assert.is((await overTcp(api, '/healthz')).code, 503);
});

test('metrics come from the registry, in its content type', async ({ api }) => {
  new Counter({ name: 'tries_total', help: 'Tries.', registers: [api.registry] }).inc();
  const answer = await overTcp(api, '/metrics');
  assert.match(answer.body, 'tries_total 1');
  assert.match(answer.headers['content-type'] ?? '', 'text/plain; version=0.0.4');
});

test('Projects are listed, selected by label, and shown one by one', async ({ api }) => {
  addProject(api.store, manifestOf('web', {}, { labels: { team: 'a' } }));
  addProject(api.store, manifestOf('api'));
  const list = JSON.parse((await overTcp(api, '/api/v1/projects')).body);
  assert.is(list.kind, 'ProjectList');
  assert.is(list.apiVersion, 'tmuxlet.dev/v1');
  assert.equal(
    list.items.map((item: { metadata: { name: string } }) => item.metadata.name),
    ['api', 'web'],
  );
  const selected = JSON.parse((await overTcp(api, '/api/v1/projects?labelSelector=team%3Da')).body);
  assert.is(selected.items.length, 1);
  const web = JSON.parse((await overTcp(api, '/api/v1/projects/web')).body);
  assert.is(web.metadata.name, 'web');
  assert.is(web.status.phase, 'Pending');
});

test('errors are Kubernetes Status objects', async ({ api }) => {
  const missing = await overTcp(api, '/api/v1/projects/web');
  assert.is(missing.code, 404);
  assert.equal(JSON.parse(missing.body), {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: 'project "web" not found',
    reason: 'NotFound',
    code: 404,
  });
  assert.is(JSON.parse((await overTcp(api, '/nowhere')).body).reason, 'NotFound');
  assert.is(JSON.parse((await overTcp(api, '/api/v1/projects?labelSelector=a+b')).body).reason, 'BadRequest');
  assert.is((await overTcp(api, '/api/v1/events?after=x')).code, 400);
});

test('an error of our own is logged, not shown', async ({ api }) => {
  api.control.listings = () => Promise.reject(new Error('secret detail'));
  const answer = await overTcp(api, '/api/v1/sessions');
  assert.is(answer.code, 500);
  assert.not.match(answer.body, 'secret detail');
  assert.is((api.errors[0] as Error).message, 'secret detail');
});

test('an odd row is named and leaves the other Projects in the list (failure 7)', async ({ api }) => {
  addProject(api.store, manifestOf('api'));
  addProject(api.store, manifestOf('odd'));
  const database = new DatabaseFile(join(api.folder, 'tmuxlet.db'));
  database.exec("UPDATE projects SET spec = '{}' WHERE name = 'odd'");
  database.close();
  const list = JSON.parse((await overTcp(api, '/api/v1/projects')).body);
  assert.is(list.items.length, 1);
  assert.match(list.metadata.warnings[0], 'odd');
  const answer = await overTcp(api, '/api/v1/projects/odd');
  assert.is(answer.code, 500);
  assert.match(JSON.parse(answer.body).message, 'cannot be read');
});

test('reading changes nothing (failure 47)', async ({ api }) => {
  addProject(api.store, manifestOf('web'));
  const before = api.store.version();
  for (const path of [
    'projects',
    'projects/web',
    'projects/web/description',
    'manifests',
    'events',
    'queues',
    'locks',
  ]) {
    assert.is((await overTcp(api, `/api/v1/${path}`)).code, 200);
  }
  assert.is(api.store.version(), before);
});

test('over TCP nothing can be changed', async ({ api }) => {
  addProject(api.store, manifestOf('web'));
  for (const [method, path] of [
    ['POST', '/api/v1/projects/web/restart'],
    ['POST', '/api/v1/confirm-deletions'],
    ['POST', '/api/v1/plan'],
    ['DELETE', '/api/v1/projects/web'],
  ] as const) {
    const answer = await overTcp(api, path, { method, headers: JSON_TYPE });
    assert.is(answer.code, 403);
    assert.is(JSON.parse(answer.body).reason, 'Forbidden');
  }
  assert.equal(api.control.deletions, []);
  assert.is(api.store.pendingCommand('web'), null);
});

test('over the unix socket a restart is stored as a command', async ({ api }) => {
  addProject(api.store, manifestOf('web'));
  const answer = await overUnix(api, '/api/v1/projects/web/restart', { method: 'POST', headers: JSON_TYPE });
  assert.is(answer.code, 202);
  const { id } = JSON.parse(answer.body);
  assert.is(JSON.parse((await overUnix(api, `/api/v1/commands/${id}`)).body).verb, 'restart');
  assert.is((await overUnix(api, '/api/v1/commands/none')).code, 404);
  assert.is(api.store.pendingCommand('web')?.verb, 'restart');
});

test('a change must say that it is JSON, and be short', async ({ api }) => {
  addProject(api.store, manifestOf('web'));
  const path = '/api/v1/projects/web/restart';
  assert.is((await overUnix(api, path, { method: 'POST', body: '{}' })).code, 415);
  const plain = { 'Content-Type': 'text/plain' };
  assert.is((await overUnix(api, path, { method: 'POST', body: '{}', headers: plain })).code, 415);
  const long = JSON.stringify('x'.repeat(70_000));
  assert.is((await overUnix(api, path, { method: 'POST', body: long, headers: JSON_TYPE })).code, 413);
  assert.is((await overUnix(api, path, { method: 'POST', body: '{', headers: JSON_TYPE })).code, 400);
  assert.is(api.store.pendingCommand('web'), null);
});

test('a page of another site gets nothing, by its name or its origin', async ({ api }) => {
  const { port } = new URL(api.url);
  assert.is((await overTcp(api, '/livez', { headers: { Host: `evil.example:${port}` } })).code, 421);
  assert.is((await overTcp(api, '/livez', { headers: { Host: `localhost:${port}` } })).code, 200);
  assert.is((await overTcp(api, '/livez', { headers: { Host: `[::1]:${port}` } })).code, 200);
  const foreign = { Origin: 'http://evil.example' };
  assert.is((await overTcp(api, '/livez', { headers: foreign })).code, 403);
  assert.is((await overTcp(api, '/livez', { headers: { Origin: api.url } })).code, 200);
});

test('the page lists Projects and escapes what they say', async ({ api }) => {
  addProject(api.store, manifestOf('web'), { memory: { phase: 'Failed', message: '<script>alert(1)</script>' } });
  const { body, headers } = await overTcp(api, '/');
  assert.match(body, '<a href="/projects/web">web</a>');
  assert.match(body, '&lt;script>alert(1)');
  assert.not.match(body, '<script>');
  assert.match(headers['content-type'] ?? '', 'text/html');
  assert.match(String(headers['content-security-policy']), "default-src 'none'");
  assert.is(headers['x-powered-by'], undefined);
  assert.is(headers.etag, undefined);
});

test('sessions are told apart: claimed by a Project, orphaned, foreign; what could not be asked is a warning', async ({
  api,
}) => {
  addProject(api.store, manifestOf('web'));
  const session = { shard: 0, createdAt: 1, attached: 0, claimed: true, panes: [] };
  const tags = { owner: 'owner-1', uid: 'uid-web', project: 'web', attempt: 2, specHash: 'h' };
  api.control.shards = [
    {
      shard: 0,
      socket: '/s/tmux.sock',
      server: { seen: 'Present', value: { pid: 1, startTicks: 1 } },
      sessions: {
        seen: 'Present',
        value: [
          { ...session, id: '$1', name: 'web', tags },
          { ...session, id: '$2', name: 'lost', tags: { ...tags, uid: 'uid-lost', project: 'lost' } },
          { ...session, id: '$3', name: 'mine', tags: null, claimed: false },
          { ...session, id: '$4', name: 'theirs', tags: { ...tags, owner: 'owner-2' } },
        ],
      },
    },
    {
      shard: 1,
      socket: '/s/tmux.sock.1',
      server: { seen: 'Unknown', reason: 'timed out' },
      sessions: { seen: 'Unknown', reason: 'timed out' },
    },
  ];
  const { items, metadata } = JSON.parse((await overTcp(api, '/api/v1/sessions')).body);
  assert.equal(
    items.map(({ name, verdict, project }: Record<string, unknown>) => [name, verdict, project]),
    [
      ['lost', 'Orphan', 'lost'],
      ['mine', 'Foreign', null],
      ['theirs', 'Foreign', null],
      ['web', 'Owned', 'web'],
    ],
  );
  assert.equal(metadata.warnings, ['the tmux server on /s/tmux.sock.1 could not be asked: timed out']);
});

test('a watch tells of all there is, then of every change, and stops costing when nobody watches', async ({ api }) => {
  addProject(api.store, manifestOf('web', {}, { labels: { team: 'a' } }));
  const client = await connect(where(api));
  const leaving = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { type, object } of client.watchProjects('team=a', leaving.signal)) {
      seen.push(object === null ? type : `${type} ${object.metadata.name} ${object.spec.priority}`);
    }
  })();
  await eventually(() => seen.length === 2);
  assert.equal(seen, ['ADDED web 0', 'BOOKMARK']);

  addProject(api.store, manifestOf('other'));
  addProject(api.store, manifestOf('more', {}, { labels: { team: 'a' } }));
  api.control.tell();
  await eventually(() => seen.length === 3);
  const updated = manifestOf('web', { priority: 7 }, { labels: { team: 'a' } });
  api.store.transaction((writes) => writes.updateManifest('uid-web', updated, '/manifests/web.json'));
  api.control.tell();
  await eventually(() => seen.length === 4);
  const moved = manifestOf('web', { priority: 7 }, { labels: { team: 'b' } });
  api.store.transaction((writes) => writes.updateManifest('uid-web', moved, '/manifests/web.json'));
  api.control.tell();
  await eventually(() => seen.length === 5);
  assert.equal(seen.slice(2), ['ADDED more 0', 'MODIFIED web 7', 'DELETED web 7']);

  leaving.abort();
  await watching;
  await eventually(() => api.control.watchers === 0);
});

test('events are listed by object and watched as they repeat', async ({ api }) => {
  const record = (object: string, at: number) =>
    api.store.transaction((writes) =>
      writes.recordEvent({ type: 'Normal', reason: 'Started', message: 'up', object }, at),
    );
  record('Project/web', 1);
  record('Project/api', 2);
  const client = await connect(where(api));
  assert.is((await client.events()).items.length, 2);
  const [first] = (await client.events({ object: 'Project/web' })).items;
  assert.is(first?.count, 1);
  assert.is((await client.events({ afterId: first?.id ?? 0 })).items.length, 1);
  assert.is((await client.events({ limit: 1 })).items[0]?.object, 'Project/api');

  const leaving = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { type, object } of client.watchEvents({ object: 'Project/web' }, leaving.signal)) {
      seen.push(`${type} ${object?.count ?? ''}`);
    }
  })();
  await eventually(() => seen.length === 2);
  record('Project/web', 3);
  api.control.tell();
  await eventually(() => seen.length === 3);
  assert.equal(seen, ['ADDED 1', 'BOOKMARK ', 'MODIFIED 2']);
  leaving.abort();
  await watching;
});

test('closing ends the streams of those who watch, within the grace', async ({ api }) => {
  const other = await startApi();
  const client = await connect(where(other));
  const watching = (async () => {
    for await (const _ of client.watchProjects(undefined, new AbortController().signal));
  })();
  await eventually(() => other.control.watchers === 1);
  const begun = performance.now();
  await Promise.all([
    other.close(),
    watching.then(
      () => assert.unreachable('a server that goes is said to have gone'),
      (error: Error) => assert.is(error.message, 'the controller has closed the connection'),
    ),
  ]);
  assert.ok(performance.now() - begun < 2000);
  assert.is(await overTcp(api, '/livez').then(({ code }) => code), 200);
});

test('the client asks, commands and deletes over the socket, and knows what is not found', async ({ api }) => {
  addProject(api.store, manifestOf('web'));
  api.store.transaction((writes) => writes.setSetting('manifests', '/srv/manifests'));
  const client = await connect(where(api));
  assert.ok(client.live);
  assert.equal(await client.controller(), { version: '1.2.3', manifests: '/srv/manifests' });
  assert.is((await client.project('web')).metadata.uid, 'uid-web');
  assert.is((await client.describe('web')).file, '/manifests/web.json');
  const command = await client.request('reset', 'web');
  assert.is(command.verb, 'reset');
  assert.is((await client.request('confirm-deletions', '')).verb, 'confirm-deletions');
  await client.delete('web', true);
  assert.equal(api.control.deletions, [{ name: 'web', force: true }]);
  api.control.planned = [{ project: 'web', action: 'StartSession', rule: 'start', message: 'no session' }];
  assert.is((await client.plan())[0]?.action, 'StartSession');
  const missing = await client.project('nope').catch((error: unknown) => error);
  assert.instance(missing, NotFound);
  const refused = await client.request('reset', 'nope').catch((error: unknown) => error);
  assert.instance(refused, NotFound);
});

test('without a controller the client reads the store and refuses the rest in one line', async ({ api }) => {
  addProject(api.store, manifestOf('web'));
  const client = await connect({ ...where(api), socket: join(api.folder, 'nobody.sock') });
  assert.not.ok(client.live);
  assert.is((await client.project('web')).metadata.name, 'web');
  assert.is((await client.projects()).items.length, 1);
  const refused = await client.request('reset', 'web').catch((error: Error) => error.message);
  assert.is(refused, `no controller is running in ${api.folder}; start it with: tmuxlet run --state-dir ${api.folder}`);
  client.close();
});

test('the socket file of a dead controller is replaced, a live one is not', async ({ api }) => {
  const { createServer } = await import('../../src/server/server.ts');
  const make = (socket: string) =>
    createServer({
      reader: api.store,
      control: api.control,
      registry: api.registry,
      socketOf: () => '',
      socket,
      listen: { host: '127.0.0.1', port: 0 },
      version: '1',
      onError: () => {},
    });
  const refused = await make(api.socket)
    .listen()
    .catch((error: { exitCode: number }) => error.exitCode);
  assert.is(refused, 75);
  assert.is((await overUnix(api, '/livez')).code, 200);

  const stale = join(api.folder, 'stale.sock');
  const script = `require('node:net').createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, 9))`;
  const dead = spawn(process.execPath, ['-e', script]);
  await once(dead, 'exit');
  assert.ok(statSync(stale).isSocket());
  const server = make(stale);
  await server.listen();
  assert.is((await ask({ socketPath: stale }, '/livez')).code, 200);
  await server.close();
});

test('a socket whose file was taken away is made anew, and who watches goes on watching', async ({ api }) => {
  const client = await connect(where(api));
  const leaving = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { type, object } of client.watchProjects('', leaving.signal)) {
      seen.push(`${type} ${object?.metadata.name}`);
    }
  })();
  await eventually(() => seen.length === 1);
  rmSync(api.socket);
  await eventually(async () => (await overUnix(api, '/livez')).code === 200);
  assert.is(statSync(api.socket).mode & 0o777, 0o600);
  addProject(api.store, manifestOf('web'));
  api.control.tell();
  await eventually(() => seen.includes('ADDED web'));
  leaving.abort();
  await watching;
  client.close();
});

test('a socket that cannot be reached is no socket without a controller', async ({ api }) => {
  const unreachable = join(api.folder, 'tmuxlet.db', 'x');
  const message = await connect({ ...where(api), socket: unreachable }).then(
    () => 'connected',
    (error: Error) => error.message,
  );
  assert.match(message, 'cannot reach the controller: connect ENOTDIR');
});

test('a port that is taken is named, with the flag that helps', async ({ api }) => {
  const { createServer } = await import('../../src/server/server.ts');
  const blocker = createNetServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as { port: number };
  const server = createServer({
    reader: api.store,
    control: api.control,
    registry: api.registry,
    socketOf: () => '',
    socket: join(api.folder, 'other.sock'),
    listen: { host: '127.0.0.1', port },
    version: '1',
    onError: () => {},
  });
  const message = await server.listen().catch((error: Error) => error.message);
  assert.is(
    message,
    `cannot listen on 127.0.0.1:${port}: it is in use; give another --listen HOST:PORT (port 0: any free one)`,
  );
  blocker.close();
});

test.run();
