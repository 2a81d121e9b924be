import type {
  DecisionsOf,
  Mismatch,
  MismatchDecision,
  MismatchType,
  Severity,
  SyncSource,
} from '../../api/mismatch.ts';

interface Kind {
  /** Critical ones alert when they stay. */
  readonly severity: Severity;
  /** What must have answered for the mismatch to be seen, or seen to be gone. */
  readonly restsOn: readonly SyncSource[];
}

const KINDS: Readonly<Record<MismatchType, Kind>> = {
  MissingName: { severity: 'Critical', restsOn: ['tmux'] },
  NameDisagreement: { severity: 'Warning', restsOn: ['tmux'] },
  IdDisagreement: { severity: 'Warning', restsOn: ['tmux'] },
  ShardDisagreement: { severity: 'Critical', restsOn: ['tmux'] },
  AttemptDisagreement: { severity: 'Critical', restsOn: ['tmux'] },
  UnrecordedSession: { severity: 'Warning', restsOn: ['tmux'] },
  DeadSession: { severity: 'Critical', restsOn: ['tmux'] },
  DuplicateSession: { severity: 'Critical', restsOn: ['tmux'] },
  DuplicateClaim: { severity: 'Critical', restsOn: ['tmux', 'stateFiles'] },
  SessionOfFinishedProject: { severity: 'Warning', restsOn: ['tmux'] },
  SessionOfSuspendedProject: { severity: 'Warning', restsOn: ['tmux'] },
  SessionOfUnknownProject: { severity: 'Warning', restsOn: ['tmux', 'manifests'] },
  PathMismatch: { severity: 'Info', restsOn: ['tmux'] },
  OrphanedStateFile: { severity: 'Warning', restsOn: ['tmux', 'stateFiles', 'manifests'] },
  StaleStateFile: { severity: 'Warning', restsOn: ['tmux', 'stateFiles'] },
  TornStateFile: { severity: 'Warning', restsOn: ['stateFiles', 'manifests'] },
  ExpiredManifest: { severity: 'Info', restsOn: ['manifests'] },
  UnreadableRow: { severity: 'Critical', restsOn: [] },
};

export const restsOn = ({ type }: Mismatch): readonly SyncSource[] => KINDS[type].restsOn;

/** A mismatch, with the severity of its type. */
export const mismatch = <T extends MismatchType>(
  type: T,
  subject: string,
  decision: DecisionsOf[T],
  message: string,
  uid: string | null,
): Mismatch =>
  // The type parameter pairs type and decision as the union does.
  ({ type, severity: KINDS[type].severity, subject, decision, message, uid }) as Mismatch;

/** What STATE_SYNC_DRY_RUN keeps from being done; the rest goes on as ever. */
const MENDS: readonly MismatchDecision[] = ['Repair', 'Adopt', 'KillAfterGrace', 'Archive'];

export const isMending = ({ decision }: Mismatch): boolean => MENDS.includes(decision);
