import type { ListedPane, ListedSession } from '../../../src/api/observation.ts';
import { parseTags, TAGS } from '../../../src/adapters/tmux/tags.ts';
import type { Pane, Session } from '../machine/tmux-server.ts';

export const listedPane = ({ id, window, process, dead, exit, pipe }: Pane): ListedPane => ({
  paneId: id,
  windowId: window.id,
  windowName: window.name,
  pid: process.pid,
  dead,
  deadStatus: exit !== null && 'code' in exit ? exit.code : null,
  deadSignal: exit !== null && 'signal' in exit ? exit.signal : null,
  piped: pipe !== null,
});

/** A session as tmux lists it to this owner. */
export const listedSession = (session: Session, shard: number, ownerId: string): ListedSession => {
  const option = (name: keyof typeof TAGS): string => session.options.get(TAGS[name]) ?? '';
  const isOurs = option('owner') === ownerId;
  return {
    shard,
    id: session.id,
    name: session.name,
    createdAt: session.createdAt,
    attached: session.attached,
    tags: isOurs ? parseTags(ownerId, [option('uid'), option('project'), option('attempt'), option('spec')]) : null,
    claimed: option('owner') !== '',
    panes: session.windows.flatMap(({ panes }) => panes.map(listedPane)),
  };
};
