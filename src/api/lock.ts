/** What the controller takes a Project's lock for; the names of a metric's values, and so there are few. */
export const LOCK_PURPOSES = [
  'start',
  'stop',
  'reset',
  'replace',
  'adopt',
  'repair',
  'rename',
  'delete',
  'orphan-kill',
  'archive',
] as const;

export type LockPurpose = (typeof LOCK_PURPOSES)[number];
