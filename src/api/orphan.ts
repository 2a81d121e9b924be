import type { Now } from './time.ts';

/** What is done with a session of ours that no Project claims. */
export const ORPHAN_POLICIES = ['Report', 'Kill', 'Adopt'] as const;
export type OrphanPolicy = (typeof ORPHAN_POLICIES)[number];

/** What a session of ours that no Project claims is found to be; each says why in a message of its own. */
export const ORPHAN_VERDICTS = [
  /** Younger than orphans.graceSeconds. */
  'OrphanWithinGrace',
  /** Not yet seen twice, far enough apart. */
  'OrphanSeenOnce',
  /** A person looks at it. */
  'OrphanAttached',
  /** Left alone: by policy, in a dry run, or because something may still claim it. */
  'OrphanKept',
  /** Is ended, its last screens saved. */
  'KillOrphan',
  /** Becomes the session of the Project it is named after. */
  'AdoptOrphan',
  /** Something that may claim it could not be seen. */
  'Unknown',
] as const;
export type OrphanVerdict = (typeof ORPHAN_VERDICTS)[number];

/** A verdict on any session: Owned by a Project, Foreign (not ours, never touched), or an orphan. */
export type SessionVerdict = 'Owned' | 'Foreign' | OrphanVerdict;

/** What is remembered of an orphan, so that a restart makes its grace neither longer nor shorter. */
export interface OrphanRow {
  readonly shard: number;
  /** tmux's own id, unique within its server. */
  readonly sessionId: string;
  /** Epoch milliseconds; with another time it is another session. */
  readonly createdAt: number;
  readonly uid: string;
  readonly name: string;
  /** The name in its tag. */
  readonly project: string;
  readonly firstSeen: Now;
  /** The last observation that counted. */
  readonly lastSeen: Now;
  /** Observations that counted: each far enough from the one before. No more than needed are counted. */
  readonly count: number;
  readonly verdict: OrphanVerdict;
  readonly message: string;
}
