import type { RespawnWindow } from '../../api/action.ts';
import type { Hands } from './hands.ts';
import { prepareWindow } from './start-session.ts';

/** The window's old process tree is confirmed gone before the new run begins (I1): one may sleep in the kernel. */
export const respawnWindow = async (hands: Hands, action: RespawnWindow): Promise<void> => {
  const { shard, sessionId, tags, paneId, window } = action;
  const { processes, clock } = hands;
  const signalled = await processes.signalTree(tags.uid, [], 'SIGKILL', window.name);
  // Where nothing was found, nothing is left: a second look costs as much as the first.
  const left = signalled > 0 ? (await processes.observe(clock.now().monotonicMs)).of(tags.uid, window.name) : [];
  if (left[0]) throw new Error(`process ${left[0].pid} of window ${window.name} has not ended by SIGKILL`);
  const prepared = await prepareWindow(hands, tags, window);
  const owned = { shard, sessionId, uid: tags.uid };
  if (paneId === null) await hands.tmux.addWindow(owned, prepared);
  else await hands.tmux.respawnPane({ ...owned, paneId }, prepared);
};
