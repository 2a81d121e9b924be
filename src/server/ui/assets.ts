import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Router } from 'express';
import { Refused } from '../status.ts';
import { paletteSheet } from './ansi/palette.ts';

/** What pages load beside themselves. */
export type AssetName = 'status.css' | 'ansi.css' | 'live.js' | 'idiomorph.js' | 'icon.svg';

export interface Assets {
  /** Changes when any of them does; a page made with other ones loads itself anew. */
  readonly version: string;
  urlOf(name: AssetName): string;
  /** They never change under their address, and so a browser asks once. */
  readonly routes: Router;
}

const own = (file: string): string => readFileSync(new URL(`assets/${file}`, import.meta.url), 'utf8');

/** Read once, from beside this file: in the sources as in the built package. */
export const loadAssets = (): Assets => {
  const texts: Readonly<Record<AssetName, string>> = {
    'status.css': own('status.css'),
    'ansi.css': paletteSheet(),
    'live.js': own('live.js'),
    'idiomorph.js': readFileSync(fileURLToPath(import.meta.resolve('idiomorph')), 'utf8'),
    'icon.svg': own('icon.svg'),
  };
  const version = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 12);
  const routes = Router().get('/assets/:version/:name', ({ params }, response) => {
    const { name } = params;
    if (params.version !== version || !isAsset(texts, name)) throw new Refused(404, `there is no asset ${name}`);
    response.set('Cache-Control', 'public, max-age=31536000, immutable').type(name).send(texts[name]);
  });
  return { version, urlOf: (name) => `/assets/${version}/${name}`, routes };
};

const isAsset = (texts: Readonly<Record<AssetName, string>>, name: string): name is AssetName =>
  Object.hasOwn(texts, name);
