import type { Event } from '../../../api/event.ts';
import { type Content, html, type Markup } from '../html.ts';
import { mark } from './phase.ts';
import { table } from './table.ts';
import { ago } from './time.ts';

export interface EventTable {
  readonly events: readonly Event[];
  readonly caption: Content;
  /** Says of each what it is about. */
  readonly withObject: boolean;
  readonly nowMs: number;
}

export const eventTable = ({ events, caption, withObject, nowMs }: EventTable): Markup =>
  table({
    name: withObject ? 'events' : 'own-events',
    caption,
    columns: [
      { label: 'Last' },
      { label: 'Type' },
      ...(withObject ? [{ label: 'Object' }] : []),
      { label: 'Reason' },
      { label: 'Message' },
      { label: 'Count', kind: 'number' },
    ],
    rows: events.map((event) => ({
      id: `event-${event.id}`,
      cells: [
        ago(event.lastAt, nowMs),
        event.type === 'Warning' ? mark('▲', 'warn', 'Warning') : mark('·', 'rest', 'Normal'),
        ...(withObject ? [objectLink(event.object)] : []),
        event.reason,
        event.message,
        event.count,
      ],
    })),
    empty: 'Nothing has been told.',
  });

const objectLink = (object: string): Content => {
  const [, name] = /^Project\/(.+)$/.exec(object) ?? [];
  return name === undefined ? object : html`<a href=${`/projects/${encodeURIComponent(name)}`}>${object}</a>`;
};
