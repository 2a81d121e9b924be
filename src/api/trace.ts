import type { ActionKind } from './action.ts';
import type { CheckResult } from './check.ts';
import type { NewEvent } from './event.ts';
import type { BeatSource } from './heartbeat.ts';
import type { BeginCause, Intervention, RunSeen } from './life.ts';
import type { LockPurpose } from './lock.ts';
import type { EndCause } from './memory.ts';
import type { Mismatch, SkippedSource } from './mismatch.ts';
import type { ShardListing } from './observation.ts';
import type { Phase } from './phase.ts';
import type { ChannelKind } from './ports/notifier.ts';

/** The controllers, one kind of object each; they name queues and metrics. */
export const CONTROLLERS = [
  'manifest',
  'queue',
  'project',
  'session',
  'fleet',
  'synchronizer',
  'notification',
  'retention',
] as const;

/** What can be Unknown: the parts of an observation, and the source of manifests. */
export const SOURCES = ['session', 'server', 'remains', 'stateFile', 'heartbeat', 'manifests'] as const;
export type Source = (typeof SOURCES)[number];

/** One go of a controller at one key, by which all that it told belongs together. */
export interface PassInfo {
  /** Short, and made anew for each. */
  readonly id: string;
  readonly controller: string;
  /** Null while it is not known, and for passes that are not about one. */
  readonly project: string | null;
  readonly attempt: number | null;
}

/** The one stream that logs, metrics, the watch API and tests listen to; `pass` is the one that told it, if any did. */
export type Trace = Told & { readonly pass?: PassInfo };

type Told =
  | { readonly trace: 'Woken'; readonly controller: string; readonly key: string; readonly why: string }
  | {
      readonly trace: 'Reconciled';
      readonly controller: string;
      readonly key: string;
      readonly result: ReconcileResult;
      readonly ms: number;
      readonly error?: unknown;
    }
  | {
      readonly trace: 'Committed';
      readonly uid: string;
      readonly name: string;
      readonly rule: string;
      readonly from: Phase;
      readonly to: Phase;
    }
  | {
      readonly trace: 'Planned';
      readonly name: string;
      readonly rule: string;
      readonly message: string;
      readonly actions: readonly ActionKind[];
    }
  | {
      readonly trace: 'Beats';
      readonly name: string;
      readonly source: BeatSource;
      readonly beats: number;
      /** Beats that came too fast to count. */
      readonly limited: number;
    }
  | { readonly trace: 'EventRecorded'; readonly event: NewEvent }
  | {
      readonly trace: 'ActionDone';
      readonly kind: ActionKind;
      readonly name: string;
      readonly result: ActionResult;
      readonly ms: number;
      readonly error?: unknown;
    }
  | {
      readonly trace: 'Notified';
      readonly kind: ChannelKind;
      readonly channel: string;
      readonly result: NotificationResult;
      readonly error?: unknown;
    }
  | { readonly trace: 'Observed'; readonly source: Source }
  | { readonly trace: 'Unknown'; readonly source: Source; readonly reason: string }
  | {
      readonly trace: 'PreflightChecked';
      readonly name: string;
      readonly checks: readonly CheckResult[];
    }
  | { readonly trace: 'ManifestsRead'; readonly good: number; readonly bad: number; readonly at: number }
  | { readonly trace: 'Queue'; readonly queue: string; readonly change: QueueChange }
  | {
      readonly trace: 'Lock';
      readonly name: string;
      readonly purpose: LockPurpose;
      readonly change: 'busy' | 'released';
      /** How long it was held; 0 for one that was busy. */
      readonly heldMs: number;
    }
  /** A lock that was refused at first was had after so long. */
  | { readonly trace: 'LockWaited'; readonly name: string; readonly purpose: LockPurpose; readonly waitedMs: number }
  | { readonly trace: 'AttemptBegan'; readonly name: string; readonly cause: BeginCause }
  | { readonly trace: 'AttemptEnded'; readonly name: string; readonly cause: EndCause }
  | ({ readonly trace: 'RunSeen'; readonly name: string } & RunSeen)
  /** A Project got a place in its queue after it had waited for nothing else. */
  | { readonly trace: 'PlaceGiven'; readonly name: string; readonly queue: string; readonly waitedMs: number }
  /** A person asked for what the controller does not do by itself. */
  | { readonly trace: 'Intervened'; readonly verb: Intervention }
  | {
      readonly trace: 'TmuxAnswered';
      /** tmux's own name of the command, the one that acts where it is guarded. */
      readonly command: string;
      readonly result: TmuxResult;
      readonly ms: number;
    }
  | { readonly trace: 'TmuxListed'; readonly listings: readonly ShardListing[]; readonly monotonicMs: number }
  | { readonly trace: 'StoreWritten'; readonly result: TransactionResult; readonly ms: number }
  /** The database failed, reading or writing. */
  | { readonly trace: 'StoreFailed' }
  | {
      readonly trace: 'StateCompared';
      readonly mismatches: readonly Mismatch[];
      readonly skipped: readonly SkippedSource[];
    }
  | { readonly trace: 'Fenced'; readonly reason: string };

/** What happened in a workqueue, in client-go's terms. */
export type QueueChange =
  | { readonly change: 'added'; readonly depth: number }
  | { readonly change: 'started'; readonly depth: number; readonly waitedMs: number }
  | { readonly change: 'done'; readonly workedMs: number }
  | { readonly change: 'retried' };

/** How a pass ended, in controller-runtime's words. */
export const RECONCILE_RESULTS = ['success', 'error', 'requeue', 'requeue_after'] as const;
export type ReconcileResult = (typeof RECONCILE_RESULTS)[number];

/** How an action ended. */
export const ACTION_RESULTS = ['success', 'error', 'dry_run'] as const;
export type ActionResult = (typeof ACTION_RESULTS)[number];

/** How an attempt to tell people ended; given_up: it was the last one. */
export const NOTIFICATION_RESULTS = ['success', 'error', 'given_up'] as const;
export type NotificationResult = (typeof NOTIFICATION_RESULTS)[number];

/** How a command to tmux ended: refused is an answer too, unreachable and timeout are none. */
export const TMUX_RESULTS = ['success', 'refused', 'unreachable', 'timeout'] as const;
export type TmuxResult = (typeof TMUX_RESULTS)[number];

/** How a transaction ended; conflict and fenced wrote nothing, and are no failures of the database. */
export const TRANSACTION_RESULTS = ['success', 'conflict', 'fenced', 'error'] as const;
export type TransactionResult = (typeof TRANSACTION_RESULTS)[number];

export type Tracer = (trace: Trace) => void;
