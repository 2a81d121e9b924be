import type { HeartbeatObservation } from './heartbeat.ts';
import type { Memory } from './memory.ts';
import type { Seen } from './seen.ts';

/** A process that is told apart from a later one with the same pid (failure 58). */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot: field 22 of /proc/PID/stat. */
  readonly startTicks: number;
}

/** A tmux server: a new identity or boot id means "restarted". */
export type ServerIdentity = ProcessIdentity;

/** One pane as tmux lists it; tmuxlet makes one pane a window, people may split it. */
export interface ListedPane {
  readonly paneId: string;
  readonly windowId: string;
  readonly windowName: string;
  readonly pid: number;
  readonly dead: boolean;
  /** What tmux knows of the exit; it loses some, the journal does not. */
  readonly deadStatus: number | null;
  readonly deadSignal: number | null;
  /** Output goes to a pipe (the log). */
  readonly piped: boolean;
}

/** One session as tmux lists it. */
export interface ListedSession {
  readonly shard: number;
  /** tmux's own id, `$7`: survives renames. */
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Clients looking at it, ours not counted. */
  readonly attached: number;
  /** The tags, where the owner is ours and they make sense; else null. */
  readonly tags: SessionTags | null;
  /** Some owner has tagged it: without `tags` it belongs to another installation. */
  readonly claimed: boolean;
  readonly panes: readonly ListedPane[];
}

export interface SessionTags {
  readonly owner: string;
  readonly uid: string;
  readonly project: string;
  readonly attempt: number;
  readonly specHash: string;
}

/** A session without an owner tag, and the evidence it carries all the same. */
export interface UntaggedSession {
  readonly shard: number;
  readonly id: string;
  readonly name: string;
  /** TMUXLET_UID in its environment: the tag it was born with, which nobody takes away by accident. */
  readonly birthUid: string | null;
  /** Where its panes were started and where they are now; absolute, each once. */
  readonly paths: readonly string[];
}

/** Everything one tmux server answered at one time. */
export interface ShardListing {
  readonly shard: number;
  readonly socket: string;
  readonly server: Seen<ServerIdentity>;
  /** Present: a complete listing. Absent: no server is there. Unknown: it could not be asked. */
  readonly sessions: Seen<readonly ListedSession[]>;
}

/** The newest run of a window, from the journal its wrapper keeps, confirmed by /proc. */
export interface ObservedRun {
  readonly run: number;
  /** The wrapper that tmux started; null until it has written its first line. */
  readonly wrapper: ProcessIdentity | null;
  /** The run goes on. While the journal is still empty, this is what /proc says of the pane's process. */
  readonly alive: boolean;
  /** The command itself. */
  readonly command: ProcessIdentity | null;
  /** Epoch milliseconds. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** As the shell reports it: 128 + n for signal n. Null when nobody saw it. */
  readonly exitCode: number | null;
  /** HUP or TERM reached the wrapper from outside: the end was not the command's own. */
  readonly signalled: boolean;
}

/** A session that carries our owner tag and a uid. */
export type OwnedSession = ListedSession & { readonly tags: SessionTags };

/** The Project's state file: the second record of its identity, beside row and tags. */
export interface StateFile {
  readonly uid: string;
  readonly name: string;
  readonly attempt: number;
  readonly shard: number | null;
  readonly sessionName: string | null;
  /** Enough memory to go on without a database: phase, counts, waits. */
  readonly memory: Memory;
}

/** All that one pass looks at outside the database, gathered after the key was queued. */
export interface Observation {
  /** The session that carries our uid, on the shards it can be on. */
  readonly session: Seen<OwnedSession>;
  /** More sessions with our uid, beside the one above. */
  readonly duplicates: readonly OwnedSession[];
  /** The server of the session, else of the newest attempt; Absent where there is neither. */
  readonly server: Seen<ServerIdentity>;
  /** The newest run of each window in the newest attempt, by window name, session or no session. */
  readonly runs: Readonly<Record<string, ObservedRun>>;
  /** Live processes that carry our uid and belong to no live pane; looked for only where it matters. */
  readonly remains: Seen<readonly ProcessIdentity[]>;
  readonly stateFile: Seen<StateFile>;
  /** Untagged sessions, looked for only when the attempt has lost its session's name or its name is contested; else Absent. */
  readonly untagged: Seen<readonly UntaggedSession[]>;
  /** The beats of the primary's run; Absent where none are asked for, or nothing runs. */
  readonly heartbeat: Seen<HeartbeatObservation>;
}
