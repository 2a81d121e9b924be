import type { SessionView } from '../../server/views/session.ts';
import { ageText } from '../output/age.ts';
import { joined, type Kind, NONE } from './kind.ts';

export const sessions: Kind<SessionView> = {
  singular: 'session',
  plural: 'sessions',
  aliases: ['sess'],
  list: (client) => client.sessions(),
  nameOf: ({ name }) => name,
  columns: [
    { title: 'NAME', of: ({ name }) => name },
    { title: 'OWNER', of: ({ owner }) => owner },
    { title: 'VERDICT', of: ({ verdict }) => verdict },
    { title: 'PROJECT', of: ({ project }) => project ?? NONE },
    { title: 'ATTEMPT', of: ({ attempt }) => attempt?.toString() ?? NONE },
    { title: 'WINDOWS', of: ({ windows }) => joined(windows) },
    { title: 'AGE', of: ({ createdAt }, { nowMs }) => ageText(createdAt, nowMs) },
    { title: 'WHY', of: ({ reason }) => reason || NONE, wide: true },
    { title: 'ATTACHED', of: ({ attached }) => String(attached), wide: true },
    { title: 'ID', of: ({ id }) => id, wide: true },
    { title: 'SOCKET', of: ({ socket }) => socket, wide: true },
  ],
};
