import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeToken, openToken, readToken } from '../../src/server/token.ts';
import { type Api, startApi } from '../helpers/api.ts';
import { type Answer, JSON_TYPE, messageIn, overTcp, overUnix, raw } from '../helpers/http.ts';
import { addProject, manifestOf } from '../helpers/store.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite<{ api: Api }>('errors of the API');

test.before.each(async (context) => {
  context.api = await startApi();
  addProject(context.api.store, manifestOf('web'));
});
test.after.each(({ api }) => api.close());

const RESTART = '/api/v1/projects/web/restart';
const post = (body: string) => ({ method: 'POST', headers: JSON_TYPE, body });

/** Every failure is a Status that says its own code. */
const isStatus = ({ code, body, headers }: Answer, wanted: number, reason: string): void => {
  assert.match(headers['content-type'] ?? '', 'application/json');
  const status = JSON.parse(body) as Record<string, unknown>;
  assert.equal(
    [code, status['kind'], status['apiVersion'], status['status'], status['code'], status['reason']],
    [wanted, 'Status', 'v1', 'Failure', wanted, reason],
  );
};

test('what is not there is NotFound, by whatever way', async ({ api }) => {
  for (const path of ['/api/v1', '/api/v1/', '/api/v2/projects', '/api/v1/projects/nobody', '/api/v1/projects/web/x']) {
    isStatus(await overTcp(api, path), 404, 'NotFound');
  }
  isStatus(await overUnix(api, '/api/v1/projects/nobody/restart', post('{}')), 404, 'NotFound');
});

test('a method that a path does not take is told which it takes', async ({ api }) => {
  for (const [method, path, allowed] of [
    ['POST', '/api/v1/projects', 'GET, HEAD'],
    ['PUT', '/api/v1/projects/web', 'GET, HEAD, DELETE'],
    ['PATCH', '/api/v1/projects/web', 'GET, HEAD, DELETE'],
    ['GET', RESTART, 'POST'],
    ['DELETE', '/api/v1/sync', 'GET, HEAD, POST'],
    ['OPTIONS', '/api/v1/projects', 'GET, HEAD'],
    ['POST', '/metrics', 'GET, HEAD'],
    ['POST', '/livez', 'GET, HEAD'],
  ] as const) {
    const answer = await overUnix(api, path, { method, headers: JSON_TYPE });
    isStatus(answer, 405, 'MethodNotAllowed');
    assert.is(answer.headers.allow, allowed, `${method} ${path}`);
  }
  assert.is((await overUnix(api, '/api/v1/projects', { method: 'HEAD' })).code, 200);
});

test('what the client does not take is NotAcceptable', async ({ api }) => {
  const accept = (path: string, type: string) => overTcp(api, path, { headers: { Accept: type } });
  isStatus(await accept('/api/v1/projects', 'application/xml'), 406, 'NotAcceptable');
  isStatus(await accept('/api/v1/projects?watch=1', 'application/json'), 406, 'NotAcceptable');
  for (const type of ['*/*', 'application/*', 'application/json;q=0.1, text/html']) {
    assert.is((await accept('/api/v1/projects', type)).code, 200);
  }
});

test('a body that is no JSON is told where it goes wrong', async ({ api }) => {
  const answer = await overUnix(api, RESTART, post('{\n  "preconditions": {,}\n}'));
  isStatus(answer, 400, 'BadRequest');
  assert.match(messageIn(answer), /the body is not JSON: .*position 22/);
  for (const body of ['[]', '"x"', '{"a":1}', '{"preconditions":7}', '{"__proto__":{}}', 'null']) {
    isStatus(await overUnix(api, RESTART, post(body)), 400, 'BadRequest');
  }
  assert.match(messageIn(await overUnix(api, RESTART, post('{"preconditions":{"uid":7}}'))), 'body.preconditions.uid');
  assert.is(api.store.pendingCommand('web'), null);
});

test('a body that is too long, packed or of another type is not read', async ({ api }) => {
  isStatus(await overUnix(api, RESTART, post(JSON.stringify('x'.repeat(70_000)))), 413, 'RequestEntityTooLarge');
  const packed = { ...JSON_TYPE, 'Content-Encoding': 'gzip' };
  isStatus(await overUnix(api, RESTART, { method: 'POST', headers: packed, body: '{}' }), 415, 'UnsupportedMediaType');
  const other = { 'Content-Type': 'application/json; charset=klingon' };
  isStatus(await overUnix(api, RESTART, { method: 'POST', headers: other, body: '{}' }), 415, 'UnsupportedMediaType');
  isStatus(await overUnix(api, RESTART, { method: 'POST', body: '{}' }), 415, 'UnsupportedMediaType');
});

test('a parameter that is odd, twice there or unknown is named', async ({ api }) => {
  for (const [query, named] of [
    ['labelselector=a', 'labelselector'],
    ['limit=-1', 'query.limit'],
    ['limit=1&limit=2', 'query.limit: give it once'],
    ['watch=maybe', 'query.watch'],
    ['resourceVersion=x', 'query.resourceVersion'],
    ['fieldSelector=x', 'field selector "x"'],
    ['labelSelector=a%20b', 'label selector'],
    ['__proto__=1', '__proto__'],
  ] as const) {
    const answer = await overTcp(api, `/api/v1/projects?${query}`);
    isStatus(answer, 400, 'BadRequest');
    assert.match(messageIn(answer), named);
  }
  isStatus(await overTcp(api, '/api/v1/projects/%E0%A4%A'), 400, 'BadRequest');
});

test('what is no HTTP, or too much of it, is answered by a Status too', async ({ api }) => {
  const closing = 'Connection: close\r\n\r\n';
  const garbage = await raw(api, 'hello\r\n\r\n');
  assert.match(garbage, 'HTTP/1.1 400 Bad Request');
  assert.match(garbage, '"reason":"BadRequest"');
  const long = await raw(api, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n${closing}`);
  assert.match(long, 'HTTP/1.1 431 ');
  assert.match(long, '"reason":"RequestHeaderFieldsTooLarge"');
  const smuggled = `POST /api/v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n${closing}`;
  assert.match(await raw(api, smuggled), 'HTTP/1.1 400 ');
  assert.match(await raw(api, `GET / HTTP/1.1\r\n${closing}`), 'HTTP/1.1 400 ');
  assert.is((await overTcp(api, '/livez')).code, 200);
});

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
const PATHS = ['projects', 'projects/web', 'projects/web/restart', 'events', 'sync', 'plan', 'commands', 'alerts', 'x'];
const odd = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('..', '%', '%00', '__proto__', '0', '-1', ''),
);
const request = fc.record({
  method: fc.constantFrom(...METHODS),
  path: fc.constantFrom(...PATHS),
  more: fc.option(odd),
  query: fc.array(
    fc.tuple(
      fc.oneof(fc.constantFrom('limit', 'labelSelector', 'fieldSelector', 'continue', 'after', 'object', 'force'), odd),
      odd,
    ),
    { maxLength: 3 },
  ),
  type: fc.constantFrom('application/json', 'application/json', 'text/plain', 'application/json; charset=x', ''),
  body: fc.oneof(fc.json(), fc.string(), fc.constant('{}')),
  header: fc.tuple(
    fc.constantFrom('If-Match', 'Accept', 'Origin', 'Authorization', 'Last-Event-ID', 'Content-Encoding', 'X-Odd'),
    fc.stringMatching(/^[\x20-\x7e]{0,40}$/),
  ),
});

test('no request makes the server fail or fall, over TCP with a token or over the socket', async () => {
  const { path: folder, remove } = temporaryFolder();
  const file = `${folder}/token`;
  makeToken(file);
  const api = await startApi({ token: openToken(file) });
  addProject(api.store, manifestOf('web'));
  try {
    await fc.assert(
      fc.asyncProperty(request, fc.boolean(), async ({ method, path, more, query, type, body, header }, tcp) => {
        const rest = more === null ? '' : `/${encodeURIComponent(more.toWellFormed())}`;
        const search = query
          .map((pair) => pair.map((text) => encodeURIComponent(text.toWellFormed())).join('='))
          .join('&');
        const [name, value] = header;
        const headers = {
          Authorization: `Bearer ${readToken(file)}`,
          ...(type !== '' && { 'Content-Type': type }),
          [name]: value,
          'Content-Length': String(Buffer.byteLength(body)),
        };
        const answer = await (tcp ? overTcp : overUnix)(api, `/api/v1/${path}${rest}?${search}`, {
          method,
          headers,
          body,
        });
        assert.ok(answer.code < 500, `${answer.code}: ${answer.body}`);
        if (answer.code >= 400 && method !== 'HEAD') assert.is(JSON.parse(answer.body).kind, 'Status');
      }),
      { numRuns: 400 },
    );
    assert.equal(api.errors, []);
  } finally {
    await api.close();
    remove();
  }
});

test('no bytes make the server fall', async ({ api }) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('', 'GET ', 'GET / HTTP/1.1\r\n'),
      async (bytes, start) => {
        const answer = await raw(
          api,
          `${start}${Buffer.from(bytes).toString('latin1')}\r\nConnection: close\r\n\r\n\r\n`,
        );
        assert.not.match(answer, 'HTTP/1.1 5');
      },
    ),
    { numRuns: 100 },
  );
  assert.is((await overTcp(api, '/livez')).code, 200);
  assert.equal(api.errors, []);
});

test.run();
