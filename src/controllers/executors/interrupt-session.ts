import type { InterruptSession } from '../../api/action.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import type { Hands } from './hands.ts';

/** A pane that is gone meanwhile has ended as asked. */
export const interruptSession = async ({ tmux }: Hands, action: InterruptSession): Promise<void> => {
  const { shard, sessionId, uid } = action;
  for (const { paneId, stopCommand } of action.panes) {
    try {
      await tmux.type({ shard, sessionId, uid, paneId }, stopCommand);
    } catch (error) {
      if (!(error instanceof TmuxError) || error.kind !== 'NotFound') throw error;
    }
  }
};
