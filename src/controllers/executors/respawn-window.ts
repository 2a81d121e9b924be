import type { RespawnWindow } from '../../api/action.ts';
import type { Hands } from './hands.ts';
import { prepareWindow } from './start-session.ts';

/** The window's old process tree is confirmed gone before the new run begins (I1). */
export const respawnWindow = async (hands: Hands, action: RespawnWindow): Promise<void> => {
  const { shard, sessionId, tags, paneId, window } = action;
  await hands.processes.signalTree(tags.uid, [], 'SIGKILL', window.name);
  const prepared = await prepareWindow(hands, tags, window);
  const owned = { shard, sessionId, uid: tags.uid };
  if (paneId === null) await hands.tmux.addWindow(owned, prepared);
  else await hands.tmux.respawnPane({ ...owned, paneId }, prepared);
};
