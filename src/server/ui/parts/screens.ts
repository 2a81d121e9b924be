import type { Screen } from '../../control.ts';
import { screenMarkup } from '../ansi/screen.ts';
import { html, type Markup } from '../html.ts';
import { mark } from './phase.ts';

/** The windows of a live session as they look now; the primary first. */
export const screens = (all: readonly Screen[], primary: string, mask: (text: string) => string): Markup => html`
  <section class="screens" aria-labelledby="windows">
    <h2 id="windows">Windows</h2>
    ${
      all.length === 0
        ? html`<p class="empty">No live session is seen. What was on the screens last is told with the attempts.</p>`
        : all
            .toSorted((a, b) => Number(b.window === primary) - Number(a.window === primary))
            .map((each) => screen(each, primary, mask))
    }
  </section>
`;

const screen = ({ pane, window, dead, text }: Screen, primary: string, mask: (text: string) => string): Markup => {
  const id = `pane-${pane.replace('%', '')}`;
  return html`
    <figure class="window" id=${id}>
      <figcaption id=${`${id}-name`}>
        <b>${window}</b>${window === primary ? html` <span class="soft">primary</span>` : null}
        ${dead ? mark('✖', 'warn', 'ended') : null}
      </figcaption>
      ${
        text.seen === 'Present'
          ? // Turned around by the style sheet, so that it begins, and stays, at the end.
            html`<div class="screen" tabindex="0" role="region" aria-labelledby=${`${id}-name`}><pre>${screenMarkup(mask(text.value))}</pre></div>`
          : html`<p class="empty">It could not be seen${text.seen === 'Unknown' ? `: ${text.reason}` : ''}.</p>`
      }
    </figure>
  `;
};
