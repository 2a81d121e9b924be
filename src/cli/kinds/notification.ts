import type { NotificationView } from '../../server/views/notification.ts';
import type { Paint } from '../context.ts';
import { ageText } from '../output/age.ts';
import { type Kind, NONE } from './kind.ts';

const COLOURS = { Pending: 'reset', Retrying: 'yellow', Delivered: 'green', Failed: 'red' } as const;

const paintState = (state: NotificationView['state'], paint: Paint): string => paint[COLOURS[state]](state);

export const notifications: Kind<NotificationView> = {
  singular: 'notification',
  plural: 'notifications',
  aliases: [],
  list: (client) => client.notifications(),
  nameOf: ({ id }) => id,
  columns: [
    { title: 'NAME', of: ({ id }) => id },
    { title: 'CHANNEL', of: ({ channel }) => channel },
    { title: 'STATE', of: ({ state }, { paint }) => paintState(state, paint) },
    { title: 'ATTEMPTS', of: ({ attempts }) => String(attempts) },
    { title: 'AGE', of: ({ createdAt }, { nowMs }) => ageText(createdAt, nowMs) },
    { title: 'SUBJECT', of: ({ subject }) => subject },
    { title: 'ERROR', of: ({ error }) => error ?? NONE, wide: true },
  ],
};
