import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openAccess } from '../../src/composition/access.ts';
import { loadConfig } from '../../src/config.ts';
import { makeToken, openToken, readToken } from '../../src/server/token.ts';
import { type Api, startApi } from '../helpers/api.ts';
import { eventually } from '../helpers/eventually.ts';
import { JSON_TYPE, messageIn, overTcp, overUnix, raw } from '../helpers/http.ts';
import { addProject, manifestOf } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite<{ folder: string; remove: () => void; file: string }>('who may do what over the API');

test.before.each((context) => {
  const { path, remove } = temporaryFolder();
  Object.assign(context, { folder: path, remove, file: join(path, 'token') });
});
test.after.each(({ remove }) => remove());

type Settings = Parameters<typeof startApi>[0];

const withApi = async (settings: Settings, body: (api: Api) => Promise<void>): Promise<void> => {
  const api = await startApi(settings);
  try {
    await body(api);
  } finally {
    await api.close();
  }
};

const withToken = (file: string, body: (api: Api, token: string) => Promise<void>, settings: Settings = {}) => {
  makeToken(file);
  return withApi({ token: openToken(file), ...settings }, (api) => body(api, readToken(file)));
};

const complaint = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected a complaint');
};

const bearer = (token: string) => ({ ...JSON_TYPE, Authorization: `Bearer ${token}` });
const RESTART = '/api/v1/projects/web/restart';

test('a token is made for its owner alone, once, and is none that can be guessed', ({ file }) => {
  assert.ok(makeToken(file));
  assert.is(statSync(file).mode & 0o777, 0o600);
  const token = readToken(file);
  assert.ok(token.length >= 43);
  assert.not(makeToken(file), 'one that is there stays');
  assert.is(readToken(file), token);
});

test('a token file that others can read is refused, and it is said how to mend it', ({ file }) => {
  makeToken(file);
  for (const mode of [0o640, 0o604, 0o620, 0o610]) {
    chmodSync(file, mode);
    assert.match(
      complaint(() => openToken(file)),
      `(mode 0${mode.toString(8)}): chmod 600 ${file}`,
    );
  }
  chmodSync(file, 0o400);
  assert.ok(openToken(file));
});

test('what is no token, no file or not there is refused, and never shown', ({ file, folder }) => {
  writeFileSync(file, 'short-secret\n', { mode: 0o600 });
  const said = complaint(() => openToken(file));
  assert.match(said, 'holds no token');
  assert.not.match(said, 'short-secret');
  writeFileSync(file, `${'x'.repeat(40)}\nand more\n`);
  assert.match(
    complaint(() => openToken(file)),
    'holds no token',
  );
  assert.match(
    complaint(() => openToken(join(folder, 'none'))),
    'cannot read the token file',
  );
  mkdirSync(join(folder, 'directory'));
  assert.match(
    complaint(() => openToken(join(folder, 'directory'))),
    'is no file',
  );
});

test('a link in place of the token file does not get round the check', ({ file, folder }) => {
  const open = join(folder, 'open');
  writeFileSync(open, 'x'.repeat(40), { mode: 0o644 });
  symlinkSync(open, file);
  assert.not(makeToken(file), 'what a link leads to is not written');
  assert.match(
    complaint(() => openToken(file)),
    'can be read by others',
  );
});

test('with the token things are changed over TCP, without it not, with a wrong one not', async ({ file }) => {
  await withToken(file, async (api, token) => {
    addProject(api.store, manifestOf('web'));
    const without = await overTcp(api, RESTART, { method: 'POST', headers: JSON_TYPE });
    assert.is(without.code, 401);
    assert.is(JSON.parse(without.body).reason, 'Unauthorized');
    assert.is(without.headers['www-authenticate'], 'Bearer realm="tmuxlet"');
    for (const wrong of ['x', `${token}x`, token.slice(0, -1), token.toUpperCase()]) {
      assert.is((await overTcp(api, RESTART, { method: 'POST', headers: bearer(wrong) })).code, 401);
    }
    assert.is(api.store.pendingCommand('web'), null);
    const basic = { ...JSON_TYPE, Authorization: `Basic ${token}` };
    assert.is((await overTcp(api, RESTART, { method: 'POST', headers: basic })).code, 401);
    assert.is((await overTcp(api, RESTART, { method: 'POST', headers: bearer(token) })).code, 202);
    assert.is(api.store.pendingCommand('web')?.verb, 'restart');
    assert.is((await overTcp(api, '/api/v1/projects')).code, 200, 'reading is free');
  });
});

test('a token that was replaced in its file is the token from then on', async ({ file }) => {
  await withToken(file, async (api, token) => {
    writeFileSync(file, `${'n'.repeat(40)}\n`);
    const plan = (shown: string) => overTcp(api, '/api/v1/plan', { method: 'POST', headers: bearer(shown) });
    assert.is((await plan(token)).code, 401);
    assert.is((await plan('n'.repeat(40))).code, 200);
    chmodSync(file, 0o644);
    const exposed = await plan('n'.repeat(40));
    assert.is(exposed.code, 503);
    assert.not.match(exposed.body, 'nnn');
    assert.match((api.errors[0] as Error).message, 'chmod 600');
  });
});

test('who tries many wrong tokens has to wait, and who has the right one never', async ({ file }) => {
  await withToken(file, async (api, token) => {
    const plan = (shown: string) => overTcp(api, '/api/v1/plan', { method: 'POST', headers: bearer(shown) });
    for (let index = 0; index < 10; index += 1) assert.is((await plan(`wrong-${index}`)).code, 401);
    const refused = await plan('wrong-again');
    assert.is(refused.code, 429);
    assert.is(refused.headers['retry-after'], '60');
    assert.is(JSON.parse(refused.body).reason, 'TooManyRequests');
    assert.equal(JSON.parse(refused.body).details, { retryAfterSeconds: 60 });
    for (let index = 0; index < 12; index += 1) assert.is((await plan(token)).code, 200);
    const without = await overTcp(api, '/api/v1/plan', { method: 'POST', headers: JSON_TYPE });
    assert.is(without.code, 401, 'to show none is no try');
  });
});

test('where reads need the token too, only the probes are free', async ({ file }) => {
  await withToken(
    file,
    async (api, token) => {
      for (const path of ['/', '/metrics', '/version', '/api/v1/projects', '/api/v1/events?watch=1']) {
        assert.is((await overTcp(api, path)).code, 401, path);
      }
      for (const path of ['/livez', '/readyz', '/healthz']) assert.is((await overTcp(api, path)).code, 200);
      assert.is((await overTcp(api, '/metrics', { headers: { Authorization: `bearer ${token}` } })).code, 200);
      assert.is((await overUnix(api, '/api/v1/projects')).code, 200);
    },
    { readsNeedToken: true },
  );
});

test('the token is in no answer, no error and no metric', async ({ file }) => {
  await withToken(file, async (api, token) => {
    const answers = await Promise.all([
      overTcp(api, '/api/v1/plan', { method: 'POST', headers: bearer(token) }),
      overTcp(api, '/api/v1/nowhere', { method: 'POST', headers: bearer(token) }),
      overTcp(api, '/metrics', { headers: bearer(token) }),
    ]);
    for (const { body, headers } of answers) assert.not.match(body + JSON.stringify(headers), token);
    assert.not.match(JSON.stringify(api.errors), token);
  });
});

test('an address that other machines reach must be asked for, and is told of', ({ file, folder }) => {
  const notes: string[] = [];
  const open = (flags: object) =>
    openAccess(loadConfig(flags, { HOME: folder }, folder), (_level, message) => notes.push(message));
  assert.match(
    complaint(() => open({ listen: '0.0.0.0:0' })),
    '--allow-remote',
  );
  assert.match(
    complaint(() => open({ listen: '[::]:0' })),
    '--allow-remote',
  );
  assert.match(
    complaint(() => open({ listen: 'example.org:0' })),
    '--allow-remote',
  );
  assert.match(
    complaint(() => open({ readsNeedToken: 'true' })),
    '--token-file',
  );
  for (const listen of ['127.0.0.1:0', '127.8.8.8:0', '[::1]:0', 'localhost:0']) open({ listen });
  assert.equal(notes, []);
  open({ listen: '0.0.0.0:0', allowRemote: 'true' });
  assert.equal(notes.splice(0), ['readable by whoever reaches it']);
  const access = open({ listen: '0.0.0.0:0', allowRemote: 'true', tokenFile: file, readsNeedToken: 'true' });
  assert.equal(notes, ['token file made']);
  assert.ok(access.token?.matches(readFileSync(file, 'utf8').trim()));
});

test('a dry run makes no token', ({ file, folder }) => {
  const config = loadConfig({ tokenFile: file, dryRun: true }, { HOME: folder }, folder);
  assert.match(
    complaint(() => openAccess(config, () => {})),
    'cannot read the token file',
  );
});

test('a page of another site gets nothing, whatever it pretends', async () => {
  await withApi({ allowedHosts: ['Tmuxlet.example'] }, async (api) => {
    const { port } = new URL(api.url);
    const code = async (headers: Record<string, string>): Promise<number> =>
      (await overTcp(api, '/api/v1/projects', { headers })).code;
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil', 'a@evil']) {
      assert.is(await code({ Host: host }), 421, host);
    }
    for (const host of ['localhost', `127.0.0.1:${port}`, `[::1]:${port}`, 'tmuxlet.example', 'TMUXLET.EXAMPLE:1']) {
      assert.is(await code({ Host: host }), 200, host);
    }
    for (const request of ['GET / HTTP/1.1\r\nHost:\r\n', 'GET / HTTP/1.0\r\n']) {
      assert.match(await raw(api, `${request}Connection: close\r\n\r\n`), 'HTTP/1.1 421');
    }
    const host = `localhost:${port}`;
    for (const origin of ['http://evil.example', 'null', `http://localhost:1`, `http://127.0.0.1:${port}`]) {
      assert.is(await code({ Host: host, Origin: origin }), 403, origin);
    }
    assert.is(await code({ Host: host, Origin: `http://${host}` }), 200);
    for (const site of ['cross-site', 'same-site']) {
      assert.is(await code({ 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' }), 403, site);
      assert.is(await code({ 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'navigate' }), 200, 'a link that is followed');
    }
    assert.is(await code({ 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' }), 200);
  });
});

test('nothing is allowed to other origins, and a form cannot change anything', async ({ file }) => {
  await withToken(file, async (api, token) => {
    const preflight = await overTcp(api, RESTART, {
      method: 'OPTIONS',
      headers: { Origin: api.url, 'Access-Control-Request-Method': 'POST' },
    });
    assert.is(preflight.code, 405);
    const all = [preflight, await overTcp(api, '/'), await overTcp(api, '/metrics'), await overTcp(api, '/nowhere')];
    for (const { headers } of all) {
      assert.equal(
        Object.keys(headers).filter((name) => name.startsWith('access-control-')),
        [],
      );
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { 'Content-Type': type, Authorization: `Bearer ${token}` };
      assert.is((await overTcp(api, '/api/v1/plan', { method: 'POST', headers, body: '{}' })).code, 415);
    }
  });
});

test('every answer forbids browsers to load, frame, sniff or keep anything', async () => {
  await withApi({}, async (api) => {
    const csp =
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'";
    for (const path of ['/', '/api/v1/projects', '/metrics', '/nowhere']) {
      const { headers } = await overTcp(api, path);
      assert.is(headers['content-security-policy'], csp);
      assert.is(headers['x-content-type-options'], 'nosniff');
      assert.is(headers['x-frame-options'], 'DENY');
      assert.is(headers['referrer-policy'], 'no-referrer');
      assert.is(headers['cross-origin-resource-policy'], 'same-origin');
      assert.is(headers['cache-control'], 'no-store');
      assert.is(headers['x-powered-by'], undefined);
    }
  });
});

test('who decided on an older look at a Project is told to look again', async () => {
  await withApi({}, async (api) => {
    addProject(api.store, manifestOf('web'));
    const version = api.store.project('uid-web')?.resourceVersion ?? 0;
    const post = (headers: Record<string, string>, preconditions?: object) =>
      overUnix(api, RESTART, {
        method: 'POST',
        headers: { ...JSON_TYPE, ...headers },
        ...(preconditions && { body: JSON.stringify({ preconditions }) }),
      });
    const stale = await post({ 'If-Match': '"9999"' });
    assert.is(stale.code, 409);
    assert.is(JSON.parse(stale.body).reason, 'Conflict');
    assert.match(messageIn(stale), `is at resourceVersion ${version}, not 9999`);
    assert.is((await post({}, { resourceVersion: '9999' })).code, 409);
    assert.is((await post({}, { uid: 'uid-of-another' })).code, 409);
    assert.is((await post({ 'If-Match': 'W/"1", "2"' })).code, 400);
    assert.is((await post({}, { resourceversion: '1' })).code, 400);
    assert.is(api.store.pendingCommand('web'), null);
    const path = '/api/v1/projects/web';
    const deletion = await overUnix(api, path, { method: 'DELETE', headers: { ...JSON_TYPE, 'If-Match': '9999' } });
    assert.is(deletion.code, 409);
    assert.equal(api.control.deletions, []);
    assert.is(
      (await post({ 'If-Match': `"${version}"` }, { uid: 'uid-web', resourceVersion: `${version}` })).code,
      202,
    );
    assert.is((await post({ 'If-Match': '*' })).code, 202);
  });
});

const QUICK = { headersTimeout: 100, requestTimeout: 150, connectionsCheckingInterval: 20 };

test('a client that does not finish its request is cut off', async () => {
  await withApi({ limits: QUICK }, async (api) => {
    const head = await raw(api, 'GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    assert.match(head, 'HTTP/1.1 408');
    assert.match(head, '"reason":"Timeout"');
    const body = `POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`;
    await raw(api, body);
    assert.is((await overTcp(api, '/livez')).code, 200);
  });
});

test('an idle connection is closed, and a stream is none', async () => {
  await withApi({ limits: { ...QUICK, keepAliveTimeout: 50 } }, async (api) => {
    assert.match(await raw(api, 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'HTTP/1.1 200 OK');
    const watching = raw(api, 'GET /api/v1/projects?watch=1 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await eventually(() => api.control.watchers === 1);
    const first = await Promise.race([watching, new Promise((resolve) => setTimeout(resolve, 400, 'still there'))]);
    assert.is(first, 'still there');
  });
});

test('no more connections are taken than there may be, and the socket is not concerned', async () => {
  await withApi({ limits: { maxConnections: 3 } }, async (api) => {
    const port = Number(new URL(api.url).port);
    const sockets: Socket[] = [];
    const open = async (): Promise<Socket> => {
      const socket = connectSocket(port, '127.0.0.1');
      socket.on('error', () => {});
      sockets.push(socket);
      await new Promise((resolve) => socket.once('connect', resolve));
      return socket;
    };
    for (let index = 0; index < 3; index += 1) {
      const socket = await open();
      socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await new Promise((resolve) => socket.once('data', resolve));
    }
    const fourth = await open();
    await new Promise((resolve) => fourth.once('close', resolve));
    assert.is((await overUnix(api, '/livez')).code, 200);
    for (const socket of sockets) socket.destroy();
    await eventually(async () => (await overTcp(api, '/livez').catch(() => null))?.code === 200);
  });
});

test.run();
