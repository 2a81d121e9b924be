import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchBrowser, openPage } from '../../test/helpers/browser.ts';
import { type Answered, pageOf } from './page.ts';

const IMAGES = new URL('../../docs/images/', import.meta.url);
const UPLOT = new URL('../../node_modules/uplot/dist/', import.meta.url);

/** Has Chromium draw each dashboard, and keeps the pictures for the documents. Returns their paths. */
export const takePictures = async (seen: ReadonlyMap<string, Answered>): Promise<readonly string[]> => {
  const paths: string[] = [];
  mkdirSync(IMAGES, { recursive: true });
  const browser = await launchBrowser();
  try {
    for (const [name, answered] of seen) {
      const { page, complaints } = await openPage(browser, { viewport: { width: 1600, height: 900 } });
      await page.setContent(pageOf(answered));
      await page.addStyleTag({ path: fileURLToPath(new URL('uPlot.min.css', UPLOT)) });
      await page.addScriptTag({ path: fileURLToPath(new URL('uPlot.iife.min.js', UPLOT)) });
      await page.addScriptTag({ path: fileURLToPath(new URL('graphs.js', import.meta.url)) });
      if (complaints.length > 0) throw new Error(complaints.join('\n'));
      const path = fileURLToPath(new URL(`dashboard-${name}.png`, IMAGES));
      await page.screenshot({ path, fullPage: true });
      paths.push(path);
    }
  } finally {
    await browser.close();
  }
  return paths;
};
