import type { HealthCheck } from '../control.ts';
import type { Assets } from './assets.ts';
import { type Content, html, type Markup } from './html.ts';
import { mark } from './parts/phase.ts';

/** What every page shows around its own content. */
export interface Frame {
  readonly assets: Assets;
  readonly version: string;
  /** Checks of the controller that failed. */
  readonly unwell: readonly HealthCheck[];
  /** Changes whenever anything stored changes: from here on the page watches. */
  readonly storeVersion: number;
  readonly nowMs: number;
}

export interface Page {
  readonly title: string;
  /** The entry of the navigation it belongs to. */
  readonly section: string;
  /** What is not told by the watch grows old in so long, and is looked at again. */
  readonly everySeconds: number;
  readonly body: Content;
}

const SECTIONS = [
  ['/', 'Projects'],
  ['/queues', 'Queues'],
  ['/sessions', 'Sessions'],
  ['/locks', 'Locks'],
  ['/events', 'Events'],
  ['/health', 'Health'],
] as const;

/** Without JavaScript the page loads itself anew, not more often than this. */
const LEAST_RELOAD_SECONDS = 5;

export const framed = (page: Page, frame: Frame): Markup => {
  const { assets, version, storeVersion, nowMs } = frame;
  const reload = Math.max(LEAST_RELOAD_SECONDS, page.everySeconds);
  return html`
    <html lang="en" data-assets=${assets.version}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${`${page.title} · tmuxlet`}</title>
        <link rel="icon" href=${assets.urlOf('icon.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href=${assets.urlOf('status.css')} />
        <link rel="stylesheet" href=${assets.urlOf('ansi.css')} />
        <script type="module" src=${assets.urlOf('live.js')}></script>
        <noscript><meta http-equiv="refresh" content=${reload} /></noscript>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          <a class="brand" href="/">tmuxlet</a>
          <nav aria-label="Pages">
            ${SECTIONS.map(([href, name]) => html`<a href=${href} aria-current=${name === page.section ? 'page' : null}>${name}</a>`)}
          </nav>
          <p id="controller">${controllerMark(frame)}</p>
          <p id="live" role="status"><noscript>Loads anew every ${reload} s</noscript></p>
        </header>
        <main id="main" tabindex="-1" data-version=${storeVersion} data-every=${page.everySeconds}>${page.body}</main>
        <footer id="footer">
          tmuxlet ${version}, as of <time datetime=${new Date(nowMs).toISOString()}>${clockText(nowMs)}</time>
        </footer>
      </body>
    </html>
  `;
};

const clockText = (nowMs: number): string => `${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const controllerMark = ({ unwell }: Frame): Markup =>
  unwell.length === 0
    ? html`<a href="/health">${mark('✔', 'good', 'Controller well')}</a>`
    : html`<a href="/health">${mark('✖', 'bad', `Controller unwell: ${unwell.map(({ name }) => name).join(', ')}`)}</a>`;
