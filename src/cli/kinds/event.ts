import type { Event } from '../../api/event.ts';
import { ageText } from '../output/age.ts';
import type { Kind } from './kind.ts';

/** Events of one object, `Project/web`, or without one of everything. */
export const eventsAbout = (object?: string): Kind<Event> => ({
  singular: 'event',
  plural: 'events',
  aliases: ['ev'],
  list: (client) => client.events(object === undefined ? {} : { object }),
  watch: (client, _selector, signal) => client.watchEvents(object === undefined ? {} : { object }, signal),
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
});
