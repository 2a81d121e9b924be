import type { SessionTags, ShardListing, UntaggedSession } from '../observation.ts';

/**
 * tmux as the controller needs it. Shards (one server each) are an implementation matter: callers pass
 * the shard number they were given. Every call has a deadline and rejects with a TmuxError.
 */
export interface Tmux {
  /**
   * A complete listing of every known shard, begun no earlier than `since` on the monotonic clock.
   * Calls share one listing where that allows it. Never rejects: what failed is Unknown.
   */
  observe(since: number): Promise<readonly ShardListing[]>;
  /** Absolute socket path of a shard. */
  socketOf(shard: number): string;
  /** Sessions of a shard that no owner has tagged, with what may tell whose they are. Only for repairs and conflicts. */
  untagged(shard: number): Promise<readonly UntaggedSession[]>;
  /** The directory each session of a shard was made in, by the session's id. */
  paths(shard: number): Promise<ReadonlyMap<string, string>>;
  /** Makes the session and all its windows, tagged, in one invocation. `DuplicateName` when the name is taken. */
  createSession(session: NewSession): Promise<void>;
  /** Runs a command in a pane whose process has ended. Refuses (`NotOurs`) when the session's uid tag differs. */
  respawnPane(pane: OwnedPane, window: NewWindow): Promise<void>;
  /** Adds a window to a session of ours. */
  addWindow(session: OwnedId, window: NewWindow): Promise<void>;
  /** Types a line and Enter, or the keys `C-c` when `line` is null. */
  type(pane: OwnedPane, line: string | null): Promise<void>;
  /** The last `lines` lines of a pane's screen and scrollback, as text; on request with its colours, as ANSI escapes. */
  capture(shard: number, paneId: string, lines: number, options?: { readonly colours: boolean }): Promise<string>;
  /** When the pane's window last had output, as tmux tells it (a mark to compare, no time to trust); null when it is gone. */
  activity(shard: number, paneId: string): Promise<string | null>;
  /** Appends a pane's output to a file, in place of any pipe it had. */
  pipe(shard: number, paneId: string, file: string): Promise<void>;
  /** What is in a session, ours or not: for a copy of it. */
  details(shard: number, sessionId: string): Promise<readonly PaneDetails[]>;
  /**
   * Kills by id, after the uid tag was read again; `unattended` refuses (`NotOurs`) while a client looks at it. A
   * session that is gone already is no error.
   */
  killSession(session: OwnedId & { readonly unattended?: boolean }): Promise<void>;
  /** Gives a session of ours to another uid. Refuses (`NotOurs`) when it carries neither of the two. */
  retagSession(session: OwnedId, tags: SessionTags): Promise<void>;
  /** Kills a session that nobody has tagged, whose id and name both still match: only for a `Replace` policy. */
  killForeign(shard: number, sessionId: string, sessionName: string): Promise<void>;
  /** Tags an untagged session as ours, if it still has the name where one is given: for adoption and repair only. */
  tagSession(shard: number, sessionId: string, tags: SessionTags, sessionName?: string): Promise<void>;
  /** Something about sessions changed; a hint, not a fact. Returns how to stop listening. */
  onHint(listener: (hint: TmuxHint) => void): () => void;
}

export interface TmuxHint {
  readonly shard: number;
  /** tmux's own word for it, such as `sessions-changed`; for the trace only. */
  readonly what: string;
}

/** One pane, with its window's place and layout. */
export interface PaneDetails {
  readonly paneId: string;
  readonly pid: number;
  readonly pane: number;
  readonly window: number;
  readonly windowName: string;
  /** As tmux's select-layout takes it. */
  readonly layout: string;
  /** The program in the foreground. */
  readonly command: string;
  /** What the pane was made with; empty for a shell. */
  readonly startCommand: string;
  readonly path: string;
}

export interface NewSession {
  readonly shard: number;
  readonly name: string;
  readonly tags: SessionTags;
  readonly windows: readonly [NewWindow, ...NewWindow[]];
}

export interface NewWindow {
  readonly name: string;
  /** What tmux executes, without a shell. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** File for the pane's output; null for none. */
  readonly logFile: string | null;
}

export interface OwnedId {
  readonly shard: number;
  readonly sessionId: string;
  readonly uid: string;
}

export interface OwnedPane extends OwnedId {
  readonly paneId: string;
}

export const TMUX_ERRORS = [
  'NoServer',
  'Unreachable',
  'NotFound',
  'DuplicateName',
  'NotOurs',
  'TimedOut',
  'Refused',
] as const;

/** How a tmux call can fail; foreign errors are classified once, at the adapter's edge. */
export type TmuxErrorKind = (typeof TMUX_ERRORS)[number];

export class TmuxError extends Error {
  override readonly name = 'TmuxError';
  readonly kind: TmuxErrorKind;

  constructor(kind: TmuxErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
