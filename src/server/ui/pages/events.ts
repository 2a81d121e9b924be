import type { Event } from '../../../api/event.ts';
import type { Page } from '../frame.ts';
import { html } from '../html.ts';
import { eventTable } from '../parts/event-table.ts';

export interface EventsPage {
  /** Oldest first, as the store tells them. */
  readonly events: readonly Event[];
  readonly warningsOnly: boolean;
  readonly nowMs: number;
}

/** Events on the page. */
const SHOWN = 200;

/** What happened lately, to whatever it happened; newest first. */
export const eventsPage = ({ events, warningsOnly, nowMs }: EventsPage): Page => {
  const shown = events
    .filter(({ type }) => !warningsOnly || type === 'Warning')
    .toSorted((a, b) => b.lastAt - a.lastAt || b.id - a.id)
    .slice(0, SHOWN);
  const link = (href: string, label: string, current: boolean) =>
    html`<li><a href=${href} aria-current=${current ? 'true' : null}>${label}</a></li>`;
  const body = html`
    <h1>Events</h1>
    <nav class="chips" aria-label="Types of events">
      <ul>${link('/events', 'All', !warningsOnly)} ${link('/events?type=Warning', 'Warnings', warningsOnly)}</ul>
    </nav>
    ${eventTable({ events: shown, caption: `The newest ${shown.length}`, withObject: true, nowMs })}
  `;
  return { title: 'Events', section: 'Events', everySeconds: 10, body };
};
