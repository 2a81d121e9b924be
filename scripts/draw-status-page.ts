/** Draws docs/images/status-*.png: a real controller with Projects of every kind, and Chromium that looks at its page. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import { launchBrowser, openPage } from '../test/helpers/browser.ts';
import { type ControllerProcess, type SpecInput, withController } from '../test/helpers/controller.ts';

const IMAGES = fileURLToPath(new URL('../docs/images/', import.meta.url));

const AGENT = `#!/bin/sh
printf '\\033[1;36m╭─ agent ────────────────────────╮\\n│\\033[0m plan, edit, test, repeat       \\033[1;36m│\\n╰────────────────────────────────╯\\033[0m\\n'
i=0
while :; do
  i=$((i + 1))
  touch "$TMUXLET_HEARTBEAT_FILE"
  printf '\\033[2m%s\\033[0m \\033[32m✓\\033[0m test %d passed \\033[38;5;208m(%d ms)\\033[0m\\n' "$(date +%H:%M:%S)" $i $((i * 37 % 97))
  [ $((i % 5)) != 0 ] || printf '\\033[33mwarning\\033[0m in \\033[4msrc/store/reader.ts\\033[0m \\033[41;97m FLAKY \\033[0m\\n'
  sleep 0.4
done
`;

const running = (command: string, more: SpecInput = {}): SpecInput => ({
  session: { windows: [{ name: 'main', command }] },
  ...more,
});

const declareAll = (controller: ControllerProcess): void => {
  const agent = `${controller.work}/agent`;
  writeFileSync(agent, AGENT, { mode: 0o755 });
  const heartbeat = { source: 'File', periodSeconds: 1, staleAfterSeconds: 120 };
  const windows = [
    { name: 'main', command: agent },
    { name: 'tests', command: 'while :; do echo "token is $API_TOKEN"; date; sleep 1; done' },
  ];
  controller.declare('agents-api', {
    session: { env: { API_TOKEN: 'not for your eyes' }, windows },
    heartbeat,
    activeDeadlineSeconds: 14_400,
  });
  for (const name of ['agents-web', 'agents-mobile', 'search-index'])
    controller.declare(name, running(agent, { heartbeat }));
  controller.declare(
    'crash-loop',
    running('sleep 0.2; exit 3', { restartPolicy: 'Always', backoff: { initialSeconds: 90 } }),
  );
  controller.declare('failed-migration', running('echo "relation is missing"; exit 1', { restartPolicy: 'Never' }));
  controller.declare('nightly-build', running('exit 0'));
  controller.declare('paused-research', { suspend: true });
  controller.declare('needs-git', { preflight: { git: 'Required' } });
  controller.declare('waits-for-migration', { dependsOn: [{ project: 'failed-migration' }] });
  for (const number of [1, 2, 3]) controller.declare(`docs-${number}`, { queue: 'docs' });
};

const WINDOW = { width: 1280, height: 960 };
const PICTURES: Readonly<Record<string, readonly [path: string, look: BrowserContextOptions]>> = {
  'status-projects-light': ['/', { colorScheme: 'light', viewport: WINDOW }],
  'status-projects-dark': ['/', { colorScheme: 'dark', viewport: WINDOW }],
  'status-project-light': ['/projects/agents-api', { colorScheme: 'light', viewport: WINDOW }],
  'status-project-dark': ['/projects/agents-api', { colorScheme: 'dark', viewport: WINDOW }],
  'status-queues': ['/queues', { colorScheme: 'light', viewport: { width: 1280, height: 640 } }],
  'status-phone': ['/', { colorScheme: 'dark', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }],
};

await withController(async (controller) => {
  await controller.start();
  declareAll(controller);
  await controller.untilPhase('agents-api', 'Running');
  await controller.untilPhase('failed-migration', 'Failed');
  await controller.untilPhase('crash-loop', 'BackingOff');
  const browser = await launchBrowser();
  try {
    for (const [name, [path, look]] of Object.entries(PICTURES)) {
      const { page } = await openPage(browser, look);
      await page.goto(`${controller.url}${path}`);
      await page.locator('#live[data-state="live"]').waitFor();
      if (path.startsWith('/projects/')) await page.getByText('test 20 passed').waitFor();
      await page.screenshot({ path: `${IMAGES}${name}.png` });
    }
  } finally {
    await browser.close();
  }
});
