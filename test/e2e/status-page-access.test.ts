import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertQuiet, launchBrowser, openPage } from '../helpers/browser.ts';
import { withController } from '../helpers/controller.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const test = suite<{ browser: Browser }>('the status page for everybody');

test.before(async (context) => {
  context.browser = await launchBrowser();
});
test.after(({ browser }) => browser.close());

const COLOURFUL = 'printf "\\033[34mblue \\033[41;97mwhite on red\\033[0m\\n"; exec sleep 100000';

test('every page passes the checks of axe, in light and dark, on a desk and on a phone; the keyboard reaches all', async ({
  browser,
}) => {
  await withController(async (controller) => {
    controller.declare('web', { session: { windows: [{ name: 'main', command: COLOURFUL }] } });
    controller.declare('fails', {
      restartPolicy: 'Never',
      session: { windows: [{ name: 'main', command: 'echo no; exit 3' }] },
    });
    controller.declare('waits', { dependsOn: [{ project: 'fails' }] });
    controller.declare('odd', { preflight: { git: 'Required' } });
    await controller.start();
    await controller.untilPhase('web', 'Running');
    await controller.untilPhase('fails', 'Failed');
    const url = controller.url;
    const paths = ['/', '/projects/web', '/projects/fails', '/queues', '/sessions', '/locks', '/events', '/health'];
    for (const [colorScheme, width, looked] of [
      ['light', 1280, paths],
      ['dark', 390, paths.slice(0, 2)],
    ] as const) {
      // The script of axe is put in from outside; our own policy would not load it.
      const { page, complaints } = await openPage(browser, {
        colorScheme,
        viewport: { width, height: 800 },
        bypassCSP: true,
      });
      for (const path of looked) {
        await page.goto(url + path);
        await page.addScriptTag({ path: AXE });
        const found = (await page.evaluate(
          'axe.run().then((result) => result.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))',
        )) as string[];
        assert.equal(found, [], `${colorScheme} ${path}`);
        assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${width} ${path}`);
      }
      assert.equal(complaints, []);
    }

    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(url);
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.textContent.trim() || document.activeElement.id');
    const outlined = (): Promise<boolean> =>
      page.evaluate('getComputedStyle(document.activeElement).outlineStyle !== "none"');
    await page.keyboard.press('Tab');
    assert.is(await focused(), 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.is(await page.evaluate('document.activeElement.id'), 'main');
    const walked: string[] = [];
    while (!walked.includes('fails') && walked.length < 40) {
      await page.keyboard.press('Tab');
      walked.push(await focused());
      assert.ok(await outlined(), walked.at(-1));
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/projects\/fails/);
    assert.match(await page.locator('h1').innerText(), 'fails');
    assertQuiet(watched);
  });
});

test.run();
