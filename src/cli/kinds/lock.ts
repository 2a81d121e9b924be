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
    { title: 'HELD', of: ({ held }) => (held ? 'yes' : 'no') },
    { title: 'PURPOSE', of: ({ purpose }) => purpose },
    { title: 'PID', of: ({ pid }) => String(pid) },
    { title: 'AGE', of: ({ since }, { nowMs }) => ageText(since, nowMs) },
    { title: 'TOKEN', of: ({ token }) => String(token), wide: true },
    { title: 'HOST', of: ({ host }) => host, wide: true },
  ],
};
