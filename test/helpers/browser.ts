import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Nothing of the network, of a screen or of other people's profiles takes part. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const programOf = (name: string): string => {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  if (found === undefined) throw new Error(`${name} is not on PATH: scripts/bootstrap tests brings it`);
  return found;
};

/** A real Chromium, as Debian packages it. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: programOf('chromium'), args: FLAGS });

export interface WatchedPage {
  readonly page: Page;
  /** What went wrong in the browser: errors on the console, exceptions, what its content security policy refused. */
  readonly complaints: string[];
}

/** A page in a context of its own, whose complaints are kept. */
export const openPage = async (browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
};

export const assertQuiet = ({ complaints }: WatchedPage): void => assert.equal(complaints, []);
