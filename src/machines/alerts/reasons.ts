import type { AlertSettings, Severity } from '../../api/alert.ts';
import type { NewEvent } from '../../api/event.ts';

/** What a reason is to people. */
interface Weight {
  readonly severity: Severity;
  /** Alerts only when the same has happened so often in a row. Default: 1. */
  readonly after?: number;
}

const critical: Weight = { severity: 'critical' };
const info: Weight = { severity: 'info' };

/** A Warning whose reason is not named below: told rather than missed. */
const UNNAMED: Weight = { severity: 'warning' };

/** Reasons that weigh something else than a Warning does by itself; null: they are for the record only. */
const WEIGHTS: Readonly<Record<string, Weight | null>> = {
  // Nothing more will be tried until a person does something.
  BackoffLimitExceeded: critical,
  PrimaryFailed: critical,
  DeadlineExceeded: critical,
  StartDeadlineExceeded: critical,
  SessionNameUnrecoverable: critical,
  HeartbeatStale: critical,
  ConflictFailed: critical,
  IdentityAmbiguous: critical,
  FleetBreakerOpen: critical,
  DeletionsHeld: critical,
  ManifestsUnknown: critical,
  StateMismatchUnresolved: critical,
  // Mended by trying again; only what goes on is news.
  ActionFailed: { severity: 'warning', after: 3 },
  // The ordinary life of a Project that is restarted.
  PrimaryExited: null,
  BackOff: null,
  PreflightWarning: null,
  // Somebody has just asked for it, or holds the lock on purpose.
  Forgotten: null,
  LockBusy: null,
  // The end of what was told before, recorded as Normal.
  StateMismatchCleared: info,
  FleetBreakerClosed: info,
};

/** Failures of ours to tell: to tell of them would make more of them (failure 38). */
const OWN = /^Notification/;

/** How much an event presses; null when it is not to be told, or not yet. */
export const severityOf = (
  { type, reason, object, count }: NewEvent & { readonly count: number },
  { include, exclude }: Pick<AlertSettings, 'include' | 'exclude'>,
): Severity | null => {
  if (OWN.test(reason) || OWN.test(object) || exclude.includes(reason)) return null;
  const named = WEIGHTS[reason];
  if (include !== null) return include.includes(reason) ? (named ?? UNNAMED).severity : null;
  const weight = named === undefined && type === 'Warning' ? UNNAMED : named;
  return weight && count >= (weight.after ?? 1) ? weight.severity : null;
};
