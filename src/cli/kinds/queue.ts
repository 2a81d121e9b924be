import type { QueueView } from '../../server/views/queue.ts';
import { type Kind, NONE } from './kind.ts';

export const queues: Kind<QueueView> = {
  singular: 'queue',
  plural: 'queues',
  aliases: [],
  list: (client) => client.queues(),
  nameOf: ({ name }) => name,
  columns: [
    { title: 'NAME', of: ({ name }) => name },
    { title: 'ROOM', of: ({ maxConcurrent }) => String(maxConcurrent) },
    { title: 'ADMITTED', of: ({ admitted }) => String(admitted.length) },
    { title: 'WAITING', of: ({ waiting }) => String(waiting.length) },
    {
      title: 'NEXT',
      of: ({ waiting: [next] }) => (next === undefined ? NONE : `${next.project}: ${next.message}`),
      wide: true,
    },
  ],
};
