import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertQuiet, launchBrowser, openPage } from '../helpers/browser.ts';
import { withController } from '../helpers/controller.ts';
import { startApi } from '../helpers/api.ts';
import { eventually } from '../helpers/eventually.ts';
import { addProject, manifestOf } from '../helpers/store.ts';

const test = suite<{ browser: Browser }>('the status page in Chromium');

test.before(async (context) => {
  context.browser = await launchBrowser();
});
test.after(({ browser }) => browser.close());

const rowText = (page: Page, name: string): Promise<string> => page.locator(`#project-${name}`).innerText();

/** The page is the one that was loaded first: it has not been loaded anew since. */
const stamp = (page: Page): Promise<void> => page.evaluate('globalThis.loadedOnce = true');
const isStamped = (page: Page): Promise<boolean> => page.evaluate('globalThis.loadedOnce === true');

const untilLive = (page: Page): Promise<void> => page.locator('#live[data-state="live"]').waitFor();

/** Prints its lines one after the other, each when a file of that number is there. */
const PRINTING =
  'n=0; printf "\\033[31mred\\033[0m <script>x</script>\\n"; while :; do n=$((n+1)); while [ ! -e "go-$n" ]; do sleep 0.05; done; echo "line $n"; done';

test('Projects appear, and a kill is seen live, without a reload, a complaint or a lost place', async ({ browser }) => {
  await withController(async (controller) => {
    controller.declare('web', { restartPolicy: 'Never' });
    await controller.start();
    await controller.untilPhase('web', 'Running');
    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(controller.url);
    await untilLive(page);
    await stamp(page);
    assert.match(await rowText(page, 'web'), 'Running');
    assert.match(await page.locator('#controller').innerText(), 'Controller well');

    // What somebody types is not taken from under his fingers.
    await page.locator('#filter-name').fill('we');
    controller.declare('api');
    await page.locator('#project-api').waitFor();
    await eventually(async () => (await rowText(page, 'api')).includes('Running'), { withinMs: 20_000 });
    assert.is(await page.locator('#filter-name').inputValue(), 'we');
    assert.ok(await page.locator('#filter-name').evaluate((input) => input === input.ownerDocument.activeElement));

    controller.tmux('kill-session', '-t', '=api:');
    const [pid] = (await controller.processesOf('web')).slice(-1);
    process.kill(pid ?? 0, 'SIGKILL');
    await eventually(async () => (await rowText(page, 'web')).includes('Failed'), { withinMs: 20_000 });
    await eventually(async () => /Running[\s\S]*\b2\b/.test(await rowText(page, 'api')), { withinMs: 20_000 });
    assert.match(await page.title(), '(1)');
    assert.ok(await isStamped(page));
    assertQuiet(watched);
  });
});

test('a tail follows what a window prints, in its colours, and stays where somebody has scrolled to', async ({
  browser,
}) => {
  await withController(async (controller) => {
    controller.declare('web', { session: { windows: [{ name: 'main', command: PRINTING }] } });
    await controller.start();
    await controller.untilPhase('web', 'Running');
    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(`${controller.url}/projects/web`);
    await untilLive(page);
    await stamp(page);
    const screen = page.locator('.window .screen');
    await eventually(async () => (await screen.innerText()).includes('<script>x</script>'), { withinMs: 20_000 });
    assert.is(await screen.locator('.ansi-red-fg').innerText(), 'red');

    const { writeFile } = await import('node:fs/promises');
    const go = async (from: number, to: number): Promise<void> => {
      for (let number = from; number <= to; number++) await writeFile(`${controller.work}/go-${number}`, '');
      await eventually(async () => (await screen.innerText()).includes(`line ${to}`), { withinMs: 20_000 });
    };
    await page.locator('#spec > summary').click();
    await go(1, 100);
    const fromEnd = (): Promise<number> => screen.evaluate((box) => Math.abs(box.scrollTop));
    assert.ok(await screen.evaluate((box) => box.scrollHeight > box.clientHeight));
    assert.is(await fromEnd(), 0);
    await screen.evaluate((box) => box.scrollBy(0, -200));
    await go(101, 103);
    assert.ok((await fromEnd()) >= 200);
    assert.is(await page.locator('#spec').getAttribute('open'), '');
    assert.ok(await isStamped(page));
    assertQuiet(watched);
  });
});

test('a controller that goes is told once, and when it is back the page is live again', async ({ browser }) => {
  await withController(async (controller) => {
    controller.declare('web');
    await controller.start();
    await controller.untilPhase('web', 'Running');
    const { page } = await openPage(browser);
    const url = controller.url;
    await page.goto(url);
    await untilLive(page);
    await controller.kill();
    await page.locator('#live[data-state="lost"]').waitFor();
    assert.match(await page.locator('#live').innerText(), 'Not live');
    // The same port again: the page knows no other.
    await controller.start('--listen', new URL(url).host);
    await page.locator('#live[data-state="live"]').waitFor({ timeout: 30_000 });
    assert.match(await rowText(page, 'web'), 'web');
  });
});

test('without JavaScript everything is shown, the filter works, and the page loads itself anew', async ({
  browser,
}) => {
  await withController(async (controller) => {
    controller.declare('web');
    controller.declare('api', { suspend: true, queue: 'night' });
    await controller.start();
    await controller.untilPhase('web', 'Running');
    await controller.untilPhase('api', 'Suspended');
    const watched = await openPage(browser, { javaScriptEnabled: false });
    const { page } = watched;
    await page.goto(controller.url);
    assert.is(await page.locator('#main tbody tr').count(), 2);
    assert.is(await page.locator('meta[http-equiv="refresh"]').count(), 1);
    await page.locator('#filter-name').fill('ap');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL(/name=ap/);
    assert.equal(
      await page
        .locator('#main tbody tr')
        .allInnerTexts()
        .then((rows) => rows.length),
      1,
    );
    assert.match(await rowText(page, 'api'), 'Suspended');
    await page.getByRole('link', { name: 'Clear' }).click();
    await page.locator('#filter-queue').selectOption('night');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL(/queue=night/);
    assert.is(await page.locator('#project-web').count(), 0);
    await page.goto(`${controller.url}/projects/web`);
    assert.is(await page.locator('.window .screen').count(), 1);
    assertQuiet(watched);
  });
});

test('a thousand Projects are there at once, and a change of one is seen soon', async ({ browser }) => {
  const api = await startApi();
  try {
    for (let number = 0; number < 1000; number++) {
      addProject(api.store, manifestOf(`project-${number}`), { memory: { phase: 'Running', reason: 'Running' } });
    }
    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(api.url);
    assert.is(await page.locator('#main tbody tr').count(), 1000);
    const loaded: number = await page.evaluate('performance.getEntriesByType("navigation")[0].loadEventEnd');
    assert.ok(loaded < 5_000, `${loaded} ms`);
    await untilLive(page);
    await stamp(page);
    const row = api.store.projectByName('project-777');
    assert.ok(row);
    const { uid, resourceVersion, memory } = row;
    api.store.transaction((writes) => writes.setMemory(uid, resourceVersion, { ...memory, phase: 'Failed' }));
    api.control.tell();
    await page.locator('#main tbody tr:first-child#project-project-777').waitFor();
    assert.ok(await isStamped(page));
    assertQuiet(watched);
  } finally {
    await api.close();
  }
});

test.run();
