import type { Action, ActionKind } from '../../api/action.ts';
import { forgetProject } from './forget-project.ts';
import type { Hands } from './hands.ts';
import { preflightRunner } from './run-preflight.ts';
import { nudgeWindow } from './nudge-window.ts';
import { recordRun } from './record-run.ts';
import { recordState } from './record-state.ts';
import { respawnWindow } from './respawn-window.ts';
import { startSession } from './start-session.ts';
import { interruptSession } from './interrupt-session.ts';

/** Each kind of action has exactly one executor. An executor rejects when the act failed; the pass is then repeated. */
export type Executors = { readonly [K in ActionKind]: (action: Extract<Action, { kind: K }>) => Promise<void> };

export const executorsOf = (hands: Hands): Executors => {
  const { tmux, processes, source, logFiles } = hands;
  return {
    StartSession: (action) => startSession(hands, action),
    AdoptSession: ({ shard, sessionId, sessionName, tags }) => tmux.tagSession(shard, sessionId, tags, sessionName),
    RepairTags: ({ shard, sessionId, tags }) => tmux.tagSession(shard, sessionId, tags),
    RespawnWindow: (action) => respawnWindow(hands, action),
    InterruptSession: (action) => interruptSession(hands, action),
    NudgeWindow: (action) => nudgeWindow(hands, action),
    SignalProcesses: async ({ uid, roots, signal }) => {
      await processes.signalTree(uid, roots, signal);
    },
    KillSession: (action) => tmux.killSession(action),
    PipeWindow: ({ shard, paneId, project, window }) => tmux.pipe(shard, paneId, logFiles.prepare(project, window)),
    RecordRun: (action) => recordRun(hands, action),
    RecordState: (action) => recordState(hands, action),
    RunPreflight: preflightRunner(hands),
    ArchiveManifest: ({ file, name }) => source.archive(file, name),
    ForgetProject: (action) => forgetProject(hands, action),
  };
};

/** Hands an action to its executor; the type says that there is one. */
export const execute = <K extends ActionKind>(
  executors: Executors,
  action: Extract<Action, { kind: K }>,
): Promise<void> => (executors[action.kind] as (action: Extract<Action, { kind: K }>) => Promise<void>)(action);
