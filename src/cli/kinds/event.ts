import type { Event } from '../../api/event.ts';
import type { WatchEvent } from '../../server/sse.ts';
import { ageText } from '../output/age.ts';
import type { Kind } from './kind.ts';

/** Which events are wanted; all if nothing is said. */
export interface Wanted {
  /** `Project/web`, `Controller`… */
  readonly object?: string;
  readonly type?: Event['type'];
  readonly reasons?: readonly string[];
  /** Epoch milliseconds: those that happened, or happened again, no earlier. */
  readonly since?: number;
}

export const eventsAbout = (wanted: Wanted = {}): Kind<Event> => {
  const about = wanted.object === undefined ? {} : { object: wanted.object };
  return {
    singular: 'event',
    plural: 'events',
    aliases: ['ev'],
    list: async (client) => {
      const list = await client.events(about);
      return { ...list, items: list.items.filter((event) => isWanted(event, wanted)) };
    },
    watch: {
      open: (client, _selector, signal) => onlyWanted(client.watchEvents(about, signal), wanted),
      versionOf: ({ count, lastAt }) => `${count} ${lastAt}`,
    },
    nameOf: ({ id }) => String(id),
    columns: [
      { title: 'LAST SEEN', of: ({ lastAt }, { nowMs }) => ageText(lastAt, nowMs) },
      { title: 'TYPE', of: ({ type }, { paint }) => (type === 'Warning' ? paint.yellow(type) : type) },
      { title: 'REASON', of: ({ reason }) => reason },
      { title: 'OBJECT', of: ({ object }) => object },
      { title: 'COUNT', of: ({ count }) => String(count) },
      { title: 'MESSAGE', of: ({ message }) => message },
      { title: 'FIRST SEEN', of: ({ firstAt }, { nowMs }) => ageText(firstAt, nowMs), wide: true },
    ],
  };
};

const isWanted = (event: Event, { type, reasons, since = 0 }: Wanted): boolean =>
  (type === undefined || event.type === type) &&
  (reasons === undefined || reasons.includes(event.reason)) &&
  event.lastAt >= since;

const onlyWanted = async function* (
  events: AsyncIterable<WatchEvent<Event>>,
  wanted: Wanted,
): AsyncGenerator<WatchEvent<Event>> {
  for await (const event of events) if (event.object === null || isWanted(event.object, wanted)) yield event;
};
