import type { StateFile } from '../observation.ts';
import type { Now } from '../time.ts';
import type { CheckResult } from '../check.ts';
import type { Spec } from '../manifest.ts';
import type { ProjectRow } from '../project.ts';
import type { Seen } from '../seen.ts';
import type { RunKey } from './runs.ts';

export interface Clock {
  now(): Now;
  /** Calls back once after `ms`; returns how to cancel. */
  after(ms: number, callback: () => void): () => void;
}

/** Projects' state files, `state/<name>.json`. */
export interface StateFiles {
  /** Torn or unreadable is Unknown, never Absent (failure 52). */
  read(name: string): Promise<Seen<StateFile>>;
  /** Every file there is, in order of name; Unknown when the directory cannot be listed. Never rejects. */
  list(): Promise<Seen<readonly StateFileEntry[]>>;
  write(state: StateFile): Promise<void>;
  /** Moves the file to the archive: evidence is not deleted. */
  archive(name: string): Promise<void>;
}

export interface StateFileEntry {
  /** The Project it is named after, whatever is in it. */
  readonly name: string;
  readonly file: Seen<StateFile>;
}

export interface Holder {
  readonly name: string;
  readonly pid: number;
  readonly startTicks: number;
  readonly host: string;
  readonly bootId: string;
  /** What it is held for: `start`, `stop`, `controller`… */
  readonly purpose: string;
  readonly since: number;
  /** Grows with every acquisition. */
  readonly token: number;
  /** A kernel lock is really held; false tells stale information apart. */
  readonly held: boolean;
}

export interface HeldLock {
  readonly token: number;
  release(): void;
}

/** Kernel locks by name, released by the kernel when the holder dies. Never re-entrant. */
export interface Locks {
  /** Null when somebody holds it. */
  tryAcquire(name: string, purpose: string): HeldLock | null;
  list(): readonly Holder[];
  /** Who has said that he holds this one; null when nobody has. */
  holderOf(name: string): Holder | null;
}

/** Copies of sessions that are about to be ended; names are file names. */
export interface Keepsakes {
  /** The last screens of a session as one text. Returns the file's path. */
  keepScreens(name: string, text: string): Promise<string>;
  /** A session's contents, as texts by file name. Returns the folder's path; an earlier copy is not overwritten. */
  keepSession(name: string, files: Readonly<Record<string, string>>): Promise<string>;
}

/** How many more sessions the machine can take at this moment, by what will be used up first. */
export interface RoomLeft {
  readonly sessions: number;
  /** What that is, and what would help, for people. */
  readonly limit: string;
}

/** Looks how much room there is; null when nothing limits it, or nobody can tell. */
export type Room = () => Promise<RoomLeft | null>;

/** Checks before a start; runs them side by side, each with a time-out. */
export interface Preflight {
  check(name: string, spec: Spec): Promise<readonly CheckResult[]>;
}

/** Runs a Project's heartbeat.command, in its environment and path. */
export interface HeartbeatProbe {
  /**
   * True for exit code 0, false for another one or when `timeoutMs` is over: then it is killed with all that it
   * started. Rejects when it could not be run at all.
   */
  ask(row: Pick<ProjectRow, 'name' | 'spec'>, run: RunKey, timeoutMs: number): Promise<boolean>;
}

/** The windows' logs, `logs/<project>/<window>.log`. */
export interface LogFiles {
  /** Absolute path of a window's log. */
  pathOf(project: string, window: string): string;
  /** The same, its directory made. */
  prepare(project: string, window: string): string;
  /** Logs that have outgrown their limit. */
  rotateDue(): Promise<readonly LogFile[]>;
  /** Moves a log's content aside, older ones after it; who writes to it goes on undisturbed. */
  rotate(log: LogFile): Promise<void>;
}

export interface LogFile {
  readonly project: string;
  readonly window: string;
}
