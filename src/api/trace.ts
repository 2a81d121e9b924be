import type { ActionKind } from './action.ts';
import type { CheckResult } from './check.ts';
import type { NewEvent } from './event.ts';
import type { BeatSource } from './heartbeat.ts';
import type { LockPurpose } from './lock.ts';
import type { Mismatch, SkippedSource } from './mismatch.ts';
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

export type Tracer = (trace: Trace) => void;
