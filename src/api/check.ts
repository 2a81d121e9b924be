/** What is checked before a start; the names of a metric's values, and so there are few. */
export const CHECKS = [
  'path',
  'window',
  'envFile',
  'command',
  'git',
  'worktrees',
  'name',
  'tmux',
  'disk',
  'inodes',
  'memory',
  'ptys',
  'processes',
  'files',
  'state',
  'database',
  'clock',
  /** One that a manifest brings, whatever it is called there. */
  'manifest',
  /** The checks could not be run at all. */
  'preflight',
] as const;

export type Check = (typeof CHECKS)[number];

export const CHECK_RESULTS = ['Pass', 'Warn', 'Fail'] as const;

/** What one check before the start found. Fail is critical: what it says holds the Project. */
export interface CheckResult {
  readonly check: Check;
  /** As people know it: `git`, `command make`, or the manifest's own name for it. */
  readonly name: string;
  readonly result: (typeof CHECK_RESULTS)[number];
  /** What was found. */
  readonly message: string;
  /** How to mend it; empty when it passed. */
  readonly remedy: string;
}
