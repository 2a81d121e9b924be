import type { ProcessIdentity } from '../observation.ts';

/** One look at all processes of the machine. */
export interface ProcessTable {
  /**
   * Live processes (not zombies) whose environment says TMUXLET_UID=uid (and, with `window`,
   * TMUXLET_WINDOW=window), with all their descendants.
   */
  of(uid: string, window?: string): readonly ProcessIdentity[];
}

export interface Processes {
  /** A scan begun no earlier than `since` on the monotonic clock; calls share one where that allows it. */
  observe(since: number): Promise<ProcessTable>;
  /** Does this very process live (same start time, not a zombie)? */
  isAlive(process: ProcessIdentity): boolean;
  /** Does it live and still have its terminal? The terminal goes with its pane, at once. */
  hasTerminal(process: ProcessIdentity): boolean;
  /**
   * The argv of the program that would get what is typed at this process's terminal: the leader of the terminal's
   * foreground group, or `command` where that is the process's own group. Null when nobody can tell.
   */
  typedInto(wrapper: ProcessIdentity, command: ProcessIdentity): readonly string[] | null;
  /** Its identity, or null when there is no such live process. */
  identify(pid: number): ProcessIdentity | null;
  /**
   * Signals every process of `of(uid, window)` and of the trees below `roots`, start time and owner checked again
   * right before each; scans anew until none appears that was not signalled. Returns how many were signalled.
   */
  signalTree(
    uid: string,
    roots: readonly ProcessIdentity[],
    signal: 'SIGTERM' | 'SIGKILL',
    window?: string,
  ): Promise<number>;
}
