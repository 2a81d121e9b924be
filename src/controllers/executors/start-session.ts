import type { StartSession, WindowLaunch } from '../../api/action.ts';
import type { SessionTags } from '../../api/observation.ts';
import type { RunKey } from '../../api/ports/runs.ts';
import type { NewWindow } from '../../api/ports/tmux.ts';
import type { Hands } from './hands.ts';
import { keepCopy } from './keep-copy.ts';

/** The run's directory is written and its end is watched before tmux is asked to begin it. */
export const prepareWindow = async (
  { runs, logFiles, wake }: Hands,
  tags: SessionTags,
  window: WindowLaunch,
): Promise<NewWindow> => {
  const key: RunKey = { uid: tags.uid, attempt: tags.attempt, window: window.name, run: window.run };
  const argv = await runs.prepare(key, window, tags.project);
  runs.watch(key, () => wake(tags.uid, `the run of window ${window.name} ended`));
  return {
    name: window.name,
    argv,
    cwd: window.cwd,
    logFile: window.logs ? logFiles.prepare(tags.project, window.name) : null,
  };
};

export const startSession = async (hands: Hands, action: StartSession): Promise<void> => {
  const { shard, sessionName, tags, replace } = action;
  if (replace) {
    await keepCopy(hands, action);
    await hands.tmux.killForeign(shard, replace.sessionId, replace.sessionName);
  }
  const [first, ...others] = await Promise.all(action.windows.map((window) => prepareWindow(hands, tags, window)));
  if (first === undefined) throw new Error(`Project ${tags.project} has no windows to start`);
  await hands.tmux.createSession({ shard, name: sessionName, tags, windows: [first, ...others] });
};
