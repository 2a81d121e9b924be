import { connect } from 'node:net';
import fc from 'fast-check';
import { type Api, startApi } from '../helpers/api.ts';
import { type Answer, ask, overTcp } from '../helpers/http.ts';
import { addProject, manifestOf } from '../helpers/store.ts';
import { demandClear, same } from './clear.ts';
import { type Fuzz, fuzz } from './fuzz.ts';
import { byteChanges, changedBytes } from './mutations.ts';

const TOKEN = 'a1B2'.repeat(10);

const started = async (): Promise<Api> => {
  const api = await startApi({ token: { file: '/t', matches: (shown) => shown === TOKEN } });
  addProject(api.store, manifestOf('web'));
  addProject(api.store, manifestOf('db'));
  api.store.transaction((writes) =>
    writes.recordEvent({ type: 'Warning', reason: 'Odd', message: 'm', object: 'Project/web' }, 5),
  );
  return api;
};

/** What must hold after each case: nothing went wrong inside, and others are still answered. */
const checkServer = async (api: Api): Promise<void> => {
  if (api.errors.length > 0) throw new Error('the server could not answer', { cause: api.errors.splice(0)[0] });
  const { code } = await overTcp(api, '/livez');
  same(code, 200, 'the next one is not answered');
};

const checkAnswer = ({ code, body, headers }: Answer): void => {
  if (code >= 500) throw new Error(`${code}: ${body.slice(0, 500)}`);
  if (code < 400) return;
  if (!String(headers['content-type']).startsWith('application/json')) return;
  const status: { message?: unknown; code?: unknown } = body === '' ? { message: 'none', code } : JSON.parse(body);
  same(status.code, code, 'the code of the Status');
  if (typeof status.message !== 'string') throw new Error(`no message: ${body}`);
  demandClear(status.message);
};

const PATHS: readonly string[] = [
  '/|/metrics|/livez|/readyz?verbose|/healthz|/version|/top|/queues|/sessions|/locks|/events|/health|/projects/web'.split(
    '|',
  ),
  ['projects', 'events', 'sessions', 'manifests', 'queues', 'notifications', 'locks', 'sync', 'plan', 'alerts/test'],
  ['projects/web', 'projects/web/description', 'projects/web/restart', 'projects/web/reset', 'projects/web/suspend'],
  ['projects/db/unsuspend', 'commands/x', 'confirm-deletions', 'openapi.json'],
].flatMap((paths, index) => (index === 0 ? paths : paths.map((path) => `/api/v1/${path}`)));

const oddWord = fc.oneof(
  fc.constantFrom(
    '..',
    '%2e%2e',
    '%00',
    '%',
    '%zz',
    '%ff',
    '%F0%9F%98%80',
    '//',
    '*',
    '__proto__',
    'constructor',
    'web',
    ';a=b',
  ),
  fc.stringMatching(/^[!-~]{0,12}$/).map((text) => text.replaceAll(/[?#]/g, '')),
  fc.constant('x'.repeat(5000)),
);

const PARAMETERS = [
  'watch|resourceVersion|allowWatchBookmarks|labelSelector|fieldSelector|limit|continue|object|after|force|dryRun'.split(
    '|',
  ),
  ['name', 'phase', 'type', '__proto__', 'a[b]', ''],
].flat();
const VALUES = [
  '0',
  '1',
  '-1',
  '1e9',
  '999999999999999',
  '9999999999999999',
  '',
  'a=b',
  'a!=b',
  '!a',
  'a,b=c',
  ',',
  '=',
  '!=',
];

const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(...PARAMETERS),
      fc.oneof(fc.constantFrom(...VALUES, 'status.phase=Running', 'type=Warning', 'bm9wZQ', 'Project/web'), oddWord),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));

const path = fc
  .tuple(fc.constantFrom(...PATHS), fc.array(oddWord, { maxLength: 2 }), query, fc.nat({ max: 5 }))
  .map(([base, words, search, kind]) => {
    const whole = kind === 0 ? `/${words.join('/')}` : kind === 1 ? [base, ...words].join('/') : base;
    return search === '' ? whole : `${whole}${whole.includes('?') ? '&' : '?'}${search}`;
  })
  // What Node's own client will not send is for the raw bytes.
  .filter((whole) => /^\/[!-~]*$/.test(whole));

const BODIES = [
  '',
  '{}',
  '[]',
  'null',
  '{"preconditions":{"uid":"x"}}',
  '{"preconditions":{"resourceVersion":5}}',
  '{"a":',
  '\0',
  '"x"',
];
const body = fc.oneof(
  fc.constantFrom(
    ...BODIES,
    '['.repeat(20_000),
    `{"a":"${'x'.repeat(70_000)}"}`,
    '{"__proto__":{"a":1}}',
    '{"preconditions":{"uid":null}}',
  ),
  fc.json({ maxDepth: 3 }),
);

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'Content-Type': [
    'application/json',
    'application/json; charset=utf-16',
    'application/json;charset=x',
    'text/plain',
    '',
    'a/b/c',
  ],
  Accept: ['*/*', 'application/json', 'text/event-stream', 'text/html', '', 'q=1', ';;;'],
  'Last-Event-ID': ['0', '1', '999999999999999', '-1', 'x', '1e9', ''],
  'If-Match': ['*', '"1"', '1', 'W/"1"', '"', ''],
  Authorization: [`Bearer ${TOKEN}`, 'Bearer', 'Bearer x', 'Basic eA==', ''],
  'Content-Encoding': ['gzip', 'identity', 'x'],
  Origin: ['http://evil', 'null', ''],
  Host: ['evil', '', 'localhost', '[::1]', 'a b'],
  'Sec-Fetch-Site': ['cross-site', 'none', 'x'],
  'X-Forwarded-For': ['1.2.3.4', 'x'],
  'Transfer-Encoding': ['chunked'],
  Expect: ['x'],
  Range: ['bytes=0-'],
};
const headers = fc
  .array(
    fc
      .constantFrom(...Object.keys(HEADERS))
      .chain((name) => fc.constantFrom(...(HEADERS[name] ?? [])).map((value) => [name, value] as const)),
    { maxLength: 4 },
  )
  .map((pairs): Record<string, string> => Object.fromEntries(pairs));

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly over: 'tcp' | 'unix';
}

/** A watch does not end by itself: of it only how it begins is of interest. */
const beginning = (api: Api, { over, path, method, headers, body }: Asked): Promise<Answer | null> => {
  const target =
    over === 'unix' ? { socketPath: api.socket } : { host: '127.0.0.1', port: Number(new URL(api.url).port) };
  const isWatch = /[?&]watch=/.test(path);
  const controller = new AbortController();
  const answer = ask({ ...target, signal: controller.signal }, path, { method, headers, ...(body !== '' && { body }) });
  if (!isWatch) return answer.catch(brokenOff);
  const timer = setTimeout(() => controller.abort(), 15);
  return answer.catch(() => null).finally(() => clearTimeout(timer));
};

/** The server may close a connection on who sends more than it takes. */
const brokenOff = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return null;
  throw error;
};

export const apiRequests: Fuzz = fuzz<Asked>({
  name: 'api-requests',
  claim: 'the API answers any request, over TCP and over its socket, and what is wrong with it with a clear Status',
  share: 3,
  withinMs: 5000,
  arbitrary: fc.record({
    method: fc.oneof({ weight: 2, arbitrary: fc.constant('GET') }, fc.constantFrom(...METHODS)),
    path,
    headers,
    body,
    over: fc.constantFrom('tcp', 'unix'),
  }),
  async open() {
    const api = await started();
    return {
      check: async (asked) => {
        const isRead = ['GET', 'HEAD'].includes(asked.method);
        const answer = await beginning(api, { ...asked, body: isRead ? '' : asked.body });
        if (answer !== null) checkAnswer(answer);
        await checkServer(api);
      },
      close: api.close,
    };
  },
});

const RAW = [
  'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /api/v1/projects?limit=1 HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n',
  'POST /api/v1/projects/web/restart HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  'POST /api/v1/plan HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /version HTTP/1.1\r\nHost: a\r\n\r\n',
];
const RAW_TOKENS: readonly string[] = [
  '\r\n|\r\n\r\n| HTTP/1.1|HTTP/2.0|PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n|Content-Length: 99999999\r\n|Content-Length: -1\r\n'.split(
    '|',
  ),
  'Transfer-Encoding: chunked\r\n|Host: \r\n|: |ffffffffffffffff\r\n|Upgrade: websocket\r\nConnection: Upgrade\r\n'.split(
    '|',
  ),
  'Expect: 100-continue\r\n|%00|/../|\u0000|\x16\x03\x01|Connection: close\r\n|GET |CONNECT a:1 HTTP/1.1\r\n\r\n'.split(
    '|',
  ),
].flat();

/** All that is answered, until the other side closes or says no more. */
const talk = (socketPath: string, bytes: Uint8Array): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (data) => (answer += String(data)));
    socket.on('close', () => resolve(answer));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      ['ECONNRESET', 'EPIPE'].includes(error.code ?? '') ? resolve(answer) : reject(error),
    );
    socket.end(bytes);
  });

export const socketBytes: Fuzz = fuzz<Uint8Array>({
  name: 'socket-bytes',
  claim: 'any bytes on the socket are answered in HTTP or not at all, and keep nobody else from an answer',
  share: 2,
  withinMs: 5000,
  arbitrary: fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...RAW), byteChanges(RAW_TOKENS))
        .map(([text, changes]): Uint8Array => changedBytes(text, changes)),
    },
    fc.uint8Array({ maxLength: 200 }),
  ),
  async open() {
    const api = await started();
    return {
      check: async (bytes) => {
        const answer = await talk(api.socket, bytes);
        if (answer !== '' && !/^HTTP\/1\.1 [1-4]\d\d /.test(answer))
          throw new Error(`this is no answer: ${answer.slice(0, 300)}`);
        await checkServer(api);
      },
      close: api.close,
    };
  },
});
