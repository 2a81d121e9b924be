import type { Command } from './manifest.ts';
import type { ProcessIdentity, SessionTags, StateFile } from './observation.ts';

/**
 * What a plan asks the world to do. An action names everything its executor needs, so that the executor
 * has no choice left. Every action is idempotent, but for typed keys, which are sent at most once.
 */
export type Action =
  | StartSession
  | AdoptSession
  | RepairTags
  | RespawnWindow
  | InterruptSession
  | NudgeWindow
  | SignalProcesses
  | KillSession
  | PipeWindow
  | RecordRun
  | RecordState
  | RunPreflight
  | ArchiveManifest
  | ForgetProject;

export type ActionKind = Action['kind'];

export const ACTION_KINDS = [
  'StartSession',
  'AdoptSession',
  'RepairTags',
  'RespawnWindow',
  'InterruptSession',
  'NudgeWindow',
  'SignalProcesses',
  'KillSession',
  'PipeWindow',
  'RecordRun',
  'RecordState',
  'RunPreflight',
  'ArchiveManifest',
  'ForgetProject',
] as const satisfies readonly ActionKind[];

/** Everything needed to run one window's command once. */
export interface WindowLaunch {
  readonly name: string;
  /** Number of this run within the attempt, from 1; names the run's directory. */
  readonly run: number;
  readonly command: Command;
  /** Absolute. */
  readonly cwd: string;
  /** The spec's own variables; the base environment is the executor's. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of a file of NAME=value lines, read at launch. */
  readonly envFile: string | null;
  readonly logs: boolean;
}

/** Make the session with all its windows, tagged, in one invocation; what remains of an older tree is ended first. */
export interface StartSession {
  readonly kind: 'StartSession';
  readonly shard: number;
  readonly sessionName: string;
  readonly tags: SessionTags;
  readonly windows: readonly WindowLaunch[];
  /** A session without our tag that a `Replace` policy gives up for this name. */
  readonly replace: {
    readonly sessionId: string;
    readonly sessionName: string;
    /** Name of the folder for a copy of it, which is made first. */
    readonly backup: string;
  } | null;
}

/** Put our tags on an untagged session that the manifest says to adopt. */
export interface AdoptSession {
  readonly kind: 'AdoptSession';
  readonly shard: number;
  readonly sessionId: string;
  readonly sessionName: string;
  readonly tags: SessionTags;
}

/** Put our tags back on a session of ours that lost them, known by other evidence. */
export interface RepairTags {
  readonly kind: 'RepairTags';
  readonly shard: number;
  readonly sessionId: string;
  readonly sessionName: string;
  readonly tags: SessionTags;
}

/** Run a window's command again in its pane (or in a new window where it is gone), the old tree ended first. */
export interface RespawnWindow {
  readonly kind: 'RespawnWindow';
  readonly shard: number;
  readonly sessionId: string;
  readonly tags: SessionTags;
  readonly paneId: string | null;
  readonly window: WindowLaunch;
}

/** Ask the windows to end: the stop command, or Ctrl-C. */
export interface InterruptSession {
  readonly kind: 'InterruptSession';
  readonly shard: number;
  readonly sessionId: string;
  readonly uid: string;
  readonly panes: readonly { readonly paneId: string; readonly stopCommand: string | null }[];
}

/** Type a line, or only Enter, into the primary's pane, if its own command and no bare shell is there to read it. */
export interface NudgeWindow {
  readonly kind: 'NudgeWindow';
  readonly shard: number;
  readonly sessionId: string;
  readonly uid: string;
  readonly paneId: string;
  /** Typed before Enter; may be empty. */
  readonly text: string;
  /** The pane's own process. */
  readonly wrapper: ProcessIdentity;
  readonly command: ProcessIdentity;
}

/** Signal every process that carries the uid, or descends from one that does, setsid or not. */
export interface SignalProcesses {
  readonly kind: 'SignalProcesses';
  readonly uid: string;
  readonly signal: 'SIGTERM' | 'SIGKILL';
  /** Roots beside the marked ones: the panes' own processes. */
  readonly roots: readonly ProcessIdentity[];
}

/** End a session of ours by id, after its tag was read again. */
export interface KillSession {
  readonly kind: 'KillSession';
  readonly shard: number;
  readonly sessionId: string;
  readonly uid: string;
}

/** Send a window's output to its log file. */
export interface PipeWindow {
  readonly kind: 'PipeWindow';
  readonly shard: number;
  readonly paneId: string;
  readonly project: string;
  readonly window: string;
}

/** Keep what a run left behind: how it ended and the last lines of its screen. */
export interface RecordRun {
  readonly kind: 'RecordRun';
  readonly uid: string;
  readonly attempt: number;
  readonly window: string;
  readonly run: number;
  readonly pid: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly exitCode: number | null;
  /** Where its screen can be read; null when it is gone. */
  readonly screen: { readonly shard: number; readonly paneId: string } | null;
}

export interface RecordState {
  readonly kind: 'RecordState';
  readonly state: StateFile;
}

export interface RunPreflight {
  readonly kind: 'RunPreflight';
  readonly uid: string;
  readonly name: string;
  readonly generation: number;
}

/** Move a finished Project's manifest out of the directory, so that it is not created again. */
export interface ArchiveManifest {
  readonly kind: 'ArchiveManifest';
  readonly uid: string;
  readonly name: string;
  readonly file: string;
}

/** The last act of a deletion: row, state file and run directories go; logs and events stay. */
export interface ForgetProject {
  readonly kind: 'ForgetProject';
  readonly uid: string;
  readonly name: string;
}
