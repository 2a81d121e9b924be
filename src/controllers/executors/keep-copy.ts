import type { StartSession } from '../../api/action.ts';
import type { PaneDetails } from '../../api/ports/tmux.ts';
import type { Hands } from './hands.ts';

/** More than any history that tmux keeps by default. */
const ALL_LINES = 100_000;

const screenName = ({ window, pane }: PaneDetails): string => `pane-${window}.${pane}.txt`;

const layoutOf = (panes: readonly PaneDetails[]): string => {
  const windows = new Map(panes.map(({ window, windowName, layout }) => [window, `${window} ${layout} ${windowName}`]));
  return `${[...windows.values()].join('\n')}\n`;
};

/** Everything of a session that can be told of it, before it is killed: each screen, the layout, what ran where. */
export const keepCopy = async (
  { tmux, keepsakes }: Pick<Hands, 'tmux' | 'keepsakes'>,
  { shard, tags, replace }: StartSession,
): Promise<void> => {
  if (replace === null) return;
  const { sessionId, sessionName, backup } = replace;
  const panes = await tmux.details(shard, sessionId);
  const files: Record<string, string> = { layout: layoutOf(panes) };
  for (const pane of panes) files[screenName(pane)] = `${await tmux.capture(shard, pane.paneId, ALL_LINES)}\n`;
  const session = {
    session: sessionName,
    id: sessionId,
    socket: tmux.socketOf(shard),
    replacedBy: { project: tags.project, uid: tags.uid, attempt: tags.attempt },
    panes: panes.map((pane) => ({ ...pane, screen: screenName(pane) })),
  };
  await keepsakes.keepSession(backup, { ...files, 'session.json': `${JSON.stringify(session, null, 2)}\n` });
};
