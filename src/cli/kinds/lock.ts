import type { Holder } from '../../api/ports/world.ts';
import { ageText } from '../output/age.ts';
import type { Kind } from './kind.ts';

export const locks: Kind<Holder> = {
  singular: 'lock',
  plural: 'locks',
  aliases: [],
  list: (client) => client.locks(),
  nameOf: ({ name }) => name,
  columns: [
    { title: 'NAME', of: ({ name }) => name },
    // What a holder left that was killed is information without a lock.
    { title: 'HELD', of: ({ held }, { paint }) => (held ? 'yes' : paint.dim('no (stale)')) },
    { title: 'HOLDER', of: ({ pid, host }) => `${pid}@${host}` },
    { title: 'PURPOSE', of: ({ purpose }) => purpose },
    { title: 'SINCE', of: ({ since }, { nowMs }) => `${ageText(since, nowMs)} ago` },
    { title: 'TOKEN', of: ({ token }) => String(token) },
  ],
};
