import type { NudgeWindow } from '../../api/action.ts';
import { isBareShell } from '../../machines/bare-shell.ts';
import type { Hands } from './hands.ts';

/**
 * Types into the pane of a run, if the run's own command is there to read it: what is typed into a bare shell
 * would be executed by it (failure 40). It was written down as done before: a refusal is told, and not tried again.
 */
export const nudgeWindow = async ({ tmux, processes }: Hands, action: NudgeWindow): Promise<void> => {
  const { shard, sessionId, uid, paneId, text, wrapper, command } = action;
  if (!processes.isAlive(wrapper) || !processes.isAlive(command)) {
    throw new Error('nothing was typed: the command of this run is not there any more');
  }
  const reader = processes.typedInto(wrapper, command);
  if (reader === null) throw new Error('nothing was typed: what runs in its pane could not be told');
  if (isBareShell(reader)) throw new Error(`nothing was typed: ${reader[0]}, a bare shell, would read it as a command`);
  await tmux.type({ shard, sessionId, uid, paneId }, text);
};
