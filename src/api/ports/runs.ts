import type { HeartbeatFile } from '../heartbeat.ts';
import type { ListedPane, ObservedRun } from '../observation.ts';
import type { WindowLaunch } from '../action.ts';

/** The directories of runs: what a pane's wrapper is given and the journal it keeps. */
export interface Runs {
  /** Writes a run's directory (idempotent) and returns the argv that tmux is to execute. */
  prepare(key: RunKey, window: WindowLaunch, project: string): Promise<readonly string[]>;
  /** The newest run of each window of an attempt, journal and /proc together; `panes` tell of runs without a journal. */
  observe(uid: string, attempt: number, panes: readonly ListedPane[]): Promise<Readonly<Record<string, ObservedRun>>>;
  /** Calls `ended` once when the run's FIFO reports its end; idempotent for a run. A hint, not a fact. */
  watch(key: RunKey, ended: () => void): void;
  /** What the run's heartbeat file tells; null before the first beat. */
  heartbeat(key: RunKey): Promise<HeartbeatFile | null>;
  /** Forgets every directory of a Project (all attempts). */
  forget(uid: string): Promise<void>;
  close(): void;
}

export interface RunKey {
  readonly uid: string;
  readonly attempt: number;
  readonly window: string;
  readonly run: number;
}
