/** Two records that should say the same and do not: rows, tmux sessions, state files, manifests. */
export const MISMATCH_TYPES = [
  'MissingName',
  'NameDisagreement',
  'IdDisagreement',
  'ShardDisagreement',
  'AttemptDisagreement',
  'UnrecordedSession',
  'DeadSession',
  'DuplicateSession',
  'DuplicateClaim',
  'SessionOfFinishedProject',
  'SessionOfSuspendedProject',
  'SessionOfUnknownProject',
  'PathMismatch',
  'OrphanedStateFile',
  'StaleStateFile',
  'TornStateFile',
  'ExpiredManifest',
  'UnreadableRow',
] as const;

export type MismatchType = (typeof MISMATCH_TYPES)[number];

/** What each type may come to. */
export interface DecisionsOf {
  /** The row of an open attempt has no session name. */
  MissingName: 'Repair' | 'Hold';
  NameDisagreement: 'Repair';
  IdDisagreement: 'Repair';
  ShardDisagreement: 'Repair';
  /** A session of a newer attempt than the row knows, or of an older one. */
  AttemptDisagreement: 'Repair' | 'Stop';
  /** A session lives, and the row says that no attempt is open. */
  UnrecordedSession: 'Adopt';
  /** The row has a session, and its tmux server answered without it. */
  DeadSession: 'Resume';
  /** More than one session with one uid. */
  DuplicateSession: 'Stop';
  /** Two rows, or two state files, that claim one thing. */
  DuplicateClaim: 'Resume' | 'Hold';
  SessionOfFinishedProject: 'Stop';
  SessionOfSuspendedProject: 'Stop';
  /** A session with our tag and a uid that no row has. */
  SessionOfUnknownProject: 'Adopt' | 'KillAfterGrace' | 'Report' | 'Hold';
  /** The session was made in another directory than the spec says today. */
  PathMismatch: 'Report';
  /** A state file whose Project has no row. */
  OrphanedStateFile: 'Archive' | 'Adopt' | 'Hold';
  /** A state file that says something else than the row of its Project. */
  StaleStateFile: 'Rewrite' | 'Archive' | 'Hold';
  /** A state file that cannot be read. */
  TornStateFile: 'Rewrite' | 'Archive' | 'Hold';
  /** Finished for longer than its ttlSecondsAfterFinished, and the manifest is still there. */
  ExpiredManifest: 'Archive';
  /** A row that cannot be read: odd JSON, an unknown phase. */
  UnreadableRow: 'Hold';
}

/**
 * What the controllers do about it.
 * - Repair: the record is corrected from stronger evidence
 * - Adopt: what lives is taken over as it is
 * - Resume: started again as a new attempt, by the Project's own policies
 * - Stop: ended with the Project's grace period
 * - KillAfterGrace: ended as an orphan, once it has been one long enough
 * - Archive: moved out of the way and kept
 * - Rewrite: written anew from the row
 * - Hold: left as it is, because nothing says what is right; a person must look
 * - Report: told, and left as it is on purpose
 */
export type MismatchDecision = DecisionsOf[MismatchType];

export const SEVERITIES = ['Info', 'Warning', 'Critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

interface MismatchOf<T extends MismatchType> {
  readonly type: T;
  readonly severity: Severity;
  /** `Project/web`, `Session/0/$4` (the server's number, tmux's id), `StateFile/web.json` */
  readonly subject: string;
  readonly decision: DecisionsOf[T];
  /** A sentence, for people. */
  readonly message: string;
  /** The Project to look at; null when it has no row. */
  readonly uid: string | null;
}

export type Mismatch = { [T in MismatchType]: MismatchOf<T> }[MismatchType];

/** What the rows are compared with. Each can fail alone. */
export const SYNC_SOURCES = ['tmux', 'stateFiles', 'manifests'] as const;
export type SyncSource = (typeof SYNC_SOURCES)[number];

/** A source that gave no answer: what rests on it was not compared. */
export interface SkippedSource {
  readonly source: SyncSource;
  readonly reason: string;
}

/** A mismatch that was told and has not cleared, or cleared so lately that its alert is not to be repeated yet. */
export interface StandingMismatch {
  readonly mismatch: Mismatch;
  /** Epoch milliseconds: when it was first seen. */
  readonly since: number;
  /** In how many passes it has been seen, as far as that matters. */
  readonly passes: number;
  /** Epoch milliseconds of the last pass that counted. */
  readonly countedAt: number;
  /** Epoch milliseconds of its last alert. */
  readonly alertedAt: number | null;
  /** Epoch milliseconds; null while it stands. */
  readonly clearedAt: number | null;
}

/** What a pass of the synchronizer found. */
export interface StateReport {
  readonly apiVersion: string;
  readonly kind: 'StateReport';
  /** Epoch milliseconds. */
  readonly at: number;
  /** False: nothing of it is mended, by STATE_SYNC_DRY_RUN or because it was only asked for. */
  readonly mending: boolean;
  readonly items: readonly Mismatch[];
  readonly skipped: readonly SkippedSource[];
}
