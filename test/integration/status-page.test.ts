import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { present, unknown } from '../../src/api/seen.ts';
import { type Api, startApi } from '../helpers/api.ts';
import { addProject, attemptOf, manifestOf, tamper } from '../helpers/store.ts';
import { join } from 'node:path';

const test = suite<{ api: Api }>('status page');

test.before.each(async (context) => {
  context.api = await startApi();
});
test.after.each(({ api }) => api.close());

const PAGES = ['/', '/queues', '/sessions', '/locks', '/events', '/health', '/projects/web'];
const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>' onmouseover='alert(1)\u202e\x1b[2J\0`;

const ask = (api: Api, path: string, accept = 'text/html'): Promise<Response> =>
  fetch(api.url + path, { headers: { accept } });
const textOf = async (api: Api, path: string): Promise<string> => {
  const answer = await ask(api, path);
  assert.is(answer.status, 200, path);
  return answer.text();
};

/** A Project about which everything that others wrote is hostile. */
const addHostile = (api: Api): void => {
  const { store, control } = api;
  // A manifest with a NUL is refused, so that no command has one.
  const command = HOSTILE.replace('\0', '');
  const uid = addProject(store, manifestOf('web', { session: { windows: [{ name: 'main', command }] } }), {
    memory: {
      phase: 'Failed',
      reason: HOSTILE,
      message: HOSTILE,
      conditions: [
        {
          type: 'Failed',
          status: 'True',
          reason: HOSTILE,
          message: HOSTILE,
          lastTransitionTime: '2026-01-01T00:00:00Z',
          observedGeneration: 1,
        },
      ],
      attempt: 1,
    },
  });
  store.transaction((writes) => {
    writes.applyAttempt(uid, { begin: attemptOf(uid, 1, { sessionName: HOSTILE }) });
    writes.putRun({
      uid,
      attempt: 1,
      window: 'main',
      run: 1,
      pid: 1,
      startedAt: 1,
      endedAt: 2,
      exitCode: 1,
      lastLines: HOSTILE,
    });
    writes.recordEvent({ type: 'Warning', reason: HOSTILE, message: HOSTILE, object: `Project/${HOSTILE}` }, 5);
    writes.recordEvent({ type: 'Warning', reason: HOSTILE, message: HOSTILE, object: 'Project/web' }, 5);
    writes.setManifestError(uid, HOSTILE);
    writes.setQueues([{ name: 'default', maxConcurrent: 3 }]);
    writes.replaceManifests([{ file: HOSTILE, hash: '', names: [], errors: [HOSTILE], readAt: 1, missing: {} }]);
    writes.putPreflight(uid, {
      generation: 1,
      at: 1,
      checks: [{ check: 'git', name: HOSTILE, result: 'Fail', message: HOSTILE, remedy: HOSTILE }],
    });
  });
  control.readiness = [{ name: HOSTILE, ok: false, message: HOSTILE }];
  control.held = [
    {
      name: HOSTILE,
      pid: 1,
      startTicks: 1,
      host: HOSTILE,
      bootId: 'b',
      purpose: HOSTILE,
      since: 1,
      token: 1,
      held: true,
    },
  ];
  control.shown = [
    { pane: '%1', window: HOSTILE, dead: false, text: present(HOSTILE) },
    { pane: '%2', window: 'other', dead: true, text: unknown(HOSTILE) },
  ];
  control.shards = [
    {
      shard: 0,
      socket: HOSTILE,
      server: present({ pid: 1, startTicks: 1 }),
      sessions: present([
        { shard: 0, id: '$1', name: HOSTILE, createdAt: 1, attached: 0, tags: null, claimed: true, panes: [] },
      ]),
    },
    { shard: 1, socket: HOSTILE, server: unknown(HOSTILE), sessions: unknown(HOSTILE) },
  ];
};

test('whatever others wrote is text on every page: no markup, no attribute, no control character', async ({ api }) => {
  addHostile(api);
  for (const path of [...PAGES, `/?name=${encodeURIComponent(HOSTILE)}&queue=${encodeURIComponent(HOSTILE)}`]) {
    const page = await textOf(api, path);
    assert.is(page.match(/<script/g)?.length, 1, path);
    assert.not.match(page, /<img/, path);
    // Every attribute of every tag that there is: none is an event handler or a style.
    for (const [tag] of page.matchAll(/<[a-z][^>]*>/g)) {
      const names = tag.replace(/="[^"]*"/g, '').toLowerCase();
      assert.not.match(names, /\son|\sstyle|javascript:/, tag);
    }
    assert.not.match(page, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/, path);
  }
});

test('a page says what it is to people and to programs that read it aloud', async ({ api }) => {
  addHostile(api);
  for (const path of PAGES) {
    const page = await textOf(api, path);
    assert.match(page, /^<!doctype html>\n<html lang="en"/);
    assert.is(page.match(/<h1>/g)?.length, 1, path);
    for (const landmark of ['<header', '<nav aria-label="Pages"', '<main id="main"', '<footer', 'class="skip"'])
      assert.match(page, landmark);
    for (const [table] of page.matchAll(/<table[\s\S]*?<\/table>/g)) {
      assert.match(table, /aria-labelledby="table-[a-z-]+"/);
      assert.match(table, 'scope="col"');
      assert.match(table, 'scope="row"');
    }
  }
});

test('the bar says whether the controller is well, and why not', async ({ api }) => {
  assert.match(await textOf(api, '/'), 'Controller well');
  api.control.readiness = [{ name: 'tmux', ok: false, message: 'timed out' }];
  assert.match(await textOf(api, '/queues'), 'Controller unwell: tmux');
  const health = await textOf(api, '/health');
  assert.match(health, 'not well');
  assert.match(health, 'timed out');
});

test('what a list is asked for is kept in its form and its links', async ({ api }) => {
  addProject(api.store, manifestOf('web', { queue: 'night' }), { memory: { phase: 'Running' } });
  addProject(api.store, manifestOf('api'), { memory: { phase: 'Failed' } });
  const page = await textOf(api, '/?name=we&queue=night');
  assert.match(page, '1 of 2 Projects');
  assert.match(page, 'value="we"');
  assert.match(page, /<option (?=[^>]*selected)[^>]*value="night"/);
  assert.match(page, 'href="/?name=we&amp;phase=Running&amp;queue=night"');
  assert.not.match(page, 'id="project-api"');
  assert.match(await textOf(api, '/?name=nothing'), 'No Project is as asked');
  assert.match(await textOf(api, '/?name=a&name=we'), '1 of 2 Projects');
});

test('secrets are masked in the spec, on the screens and in last lines', async ({ api }) => {
  const uid = addProject(
    api.store,
    manifestOf('web', { session: { env: { TOKEN: 'hunter2' }, windows: [{ name: 'main', command: 'x' }] } }),
    { memory: { attempt: 1 } },
  );
  api.store.transaction((writes) => {
    writes.applyAttempt(uid, { begin: attemptOf(uid, 1) });
    writes.putRun({
      uid,
      attempt: 1,
      window: 'main',
      run: 1,
      pid: 1,
      startedAt: 1,
      endedAt: 2,
      exitCode: 1,
      lastLines: 'was hunter2',
    });
  });
  api.control.shown = [{ pane: '%1', window: 'main', dead: false, text: present('is hunter2') }];
  const page = await textOf(api, '/projects/web');
  assert.not.match(page, 'hunter2');
  assert.match(page, 'is ***');
  assert.match(page, 'was ***');
  assert.match(page, 'TOKEN: &quot;***&quot;');
});

test('a Project that is not there is told as a page to people, and as a Status to programs', async ({ api }) => {
  const page = await ask(api, '/projects/nope');
  assert.is(page.status, 404);
  assert.match(await page.text(), 'project &quot;nope&quot; not found');
  const status = await ask(api, '/projects/nope', 'application/json');
  assert.is(status.status, 404);
  assert.is((await status.json()).reason, 'NotFound');
});

test('a row that cannot be read is told on the list, and on its own page (failure 7)', async ({ api }) => {
  addProject(api.store, manifestOf('web'));
  addProject(api.store, manifestOf('odd'));
  tamper(join(api.folder, 'tmuxlet.db'), "UPDATE projects SET spec = '{}' WHERE name = 'odd'");
  const list = await textOf(api, '/');
  assert.match(list, 'id="project-web"');
  assert.match(list, 'class="warnings"');
  const page = await ask(api, '/projects/odd');
  assert.is(page.status, 500);
  assert.match(await page.text(), 'This cannot be shown');
});

test('an error of our own is logged and not shown', async ({ api }) => {
  api.control.listings = () => Promise.reject(new Error('secret detail'));
  const answer = await ask(api, '/sessions');
  assert.is(answer.status, 500);
  assert.not.match(await answer.text(), 'secret detail');
  assert.is(api.errors.length, 1);
});

test('assets are kept for ever under an address that changes with them; nothing else is there', async ({ api }) => {
  const page = await textOf(api, '/');
  const addresses = [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, address = '']) => address);
  assert.is(addresses.length, 4);
  const types = ['image/svg+xml', 'text/css', 'text/css', 'text/javascript'];
  for (const [index, address] of addresses.entries()) {
    const answer = await ask(api, address);
    assert.is(answer.status, 200, address);
    assert.match(answer.headers.get('cache-control') ?? '', 'immutable');
    assert.match(answer.headers.get('content-type') ?? '', types[index] ?? '');
  }
  const version = /data-assets="(\w+)"/.exec(page)?.[1];
  assert.is((await ask(api, `/assets/${version}/idiomorph.js`)).status, 200);
  for (const path of [`/assets/0/live.js`, `/assets/${version}/constructor`, `/assets/${version}/..%2froutes.ts`])
    assert.is((await ask(api, path)).status, 404, path);
  assert.match((await ask(api, '/')).headers.get('cache-control') ?? '', 'no-store');
});

test('the policy of content allows nothing that is written into a page', async ({ api }) => {
  const policy = (await ask(api, '/')).headers.get('content-security-policy') ?? '';
  assert.match(policy, "default-src 'none'");
  assert.not.match(policy, 'unsafe');
});

test('looking changes nothing, and a thousand Projects are read once for each change, whoever looks (failure 47)', async ({
  api,
}) => {
  for (let number = 0; number < 1000; number++) {
    addProject(api.store, manifestOf(`project-${number}`), {
      memory: { phase: number % 10 === 0 ? 'Failed' : 'Running', message: `session project-${number}` },
    });
  }
  const before = api.store.version();
  const took: number[] = [];
  let bytes = 0;
  for (let look = 0; look < 6; look++) {
    const begun = performance.now();
    const page = await textOf(api, '/');
    took.push(performance.now() - begun);
    bytes = page.length;
    assert.is(page.match(/id="project-/g)?.length, 1000);
  }
  assert.is(api.store.version(), before);
  const best = Math.min(...took);
  assert.ok(best < 500, `${Math.round(best)} ms`);
  assert.ok(bytes < 1_500_000, `${bytes} bytes`);
});

test.run();
