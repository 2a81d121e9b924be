import type { RecordRun } from '../../api/action.ts';
import { TmuxError } from '../../api/ports/tmux.ts';
import type { Hands } from './hands.ts';

/** How much of a window's screen is kept with its attempt. */
const KEPT_LINES = 200;

const screenOf = async ({ tmux }: Hands, screen: RecordRun['screen']): Promise<string | null> => {
  if (screen === null) return null;
  try {
    return await tmux.capture(screen.shard, screen.paneId, KEPT_LINES);
  } catch (error) {
    // The end of a run is on record even where its screen is gone.
    if (error instanceof TmuxError && error.kind === 'NotFound') return null;
    throw error;
  }
};

export const recordRun = async (hands: Hands, action: RecordRun): Promise<void> => {
  const lastLines = await screenOf(hands, action.screen);
  const { kind: _, screen: __, ...run } = action;
  hands.store.transaction((writes) => writes.putRun({ ...run, lastLines }));
};
