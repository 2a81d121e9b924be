import type { Condition } from './condition.ts';
import type { HeartbeatMemory } from './heartbeat.ts';
import type { Phase } from './phase.ts';
import type { Now, Wait } from './time.ts';

/**
 * What the controller must remember of a Project between passes: the machine's state and context, kept
 * in its row. Everything else is observed again.
 */
export interface Memory {
  readonly phase: Phase;
  /** Why the phase is what it is. */
  readonly reason: string;
  readonly message: string;
  /** The generation the last decision was made for. */
  readonly observedGeneration: number;
  /** Number of the newest attempt; 0 before the first. Never reused, not after reset either. */
  readonly attempt: number;
  /** Runs of the primary after its first. */
  readonly restarts: number;
  /** What backoffLimit is compared with. */
  readonly failures: number;
  /** No start, resume or respawn of the primary before this is over. */
  readonly notBefore: Wait | null;
  /** Since when it has waited for nothing but a place in its queue. */
  readonly queuedSince: Now | null;
  /** Since when a start has been under way: the clock of startDeadlineSeconds. */
  readonly startingSince: Now | null;
  /** Since when the primary has been seen running, in its present run. */
  readonly runningSince: Now | null;
  /** Running time of ended runs, the part of activeDeadlineSeconds that is already used. */
  readonly ranMs: number;
  /** Times activeDeadlineSeconds was extended by heartbeats. */
  readonly extensions: number;
  /** By how much in all, in milliseconds. */
  readonly extendedMs: number;
  /** Running time of the newest completions, oldest first: what an adaptive extension learns from. */
  readonly completedMs: readonly number[];
  /** Beats that are late, or stale; null while they come on time. */
  readonly heartbeat: HeartbeatMemory | null;
  /** Restarts for want of beats in a row: no failures, but each waits longer. */
  readonly staleRestarts: number;
  /** The repair of a session name that is missing, if one is under way. */
  readonly repair: Repair | null;
  /** The stop under way, if any. */
  readonly stop: Stop | null;
  /** What the other windows' restarts must remember, by window name. */
  readonly sidecars: Readonly<Record<string, SidecarMemory>>;
  /** The last death of the primary that was counted, `attempt/pid` or `attempt/gone`: none is counted twice. */
  readonly countedRun: string | null;
  /** Since when the Project is Completed or Failed. */
  readonly finishedSince: Now | null;
  /** The next start is a fresh one: `command`, not `resumeCommand`. */
  readonly fresh: boolean;
  /** Dependencies once satisfied stay so: `project/condition`. */
  readonly satisfied: readonly string[];
  /** The value of the restartedAt annotation that was last acted upon. */
  readonly restartedAt: string | null;
  /** The generation for which pre-flight passed; 0 for none. */
  readonly preflightPassed: number;
  /** Pre-flight attempts that failed in a row. */
  readonly preflightFailures: number;
  /** Time of the last report that was judged, or that a request came after: it says nothing any more. */
  readonly preflightJudged: number | null;
  /** Hash of session, exitPolicy, backoffLimit and deadlines when the Project failed; an edit lifts Failed. */
  readonly failedSpec: string | null;
  /** Name of the newest attempt's primary window: an edit does not change which one decides. */
  readonly primary: string | null;
  readonly conditions: readonly Condition[];
}

/** A stop climbs these rungs; each is persisted before it is acted upon, so that keys are typed at most once. */
export const STOP_RUNGS = ['Interrupt', 'Terminate', 'Kill'] as const;

export type StopRung = (typeof STOP_RUNGS)[number];

export interface Stop {
  /** Why, for the event and the attempt's record. */
  readonly cause: EndCause;
  readonly rung: StopRung;
  readonly since: Now;
}

/** Three tries with growing waits; what was tried is not lost by a restart (I8). */
export interface Repair {
  /** Since when the name was found missing. */
  readonly since: Now;
  readonly tries: number;
  /** No next try before this is over. */
  readonly wait: Wait | null;
}

export interface SidecarMemory {
  readonly failures: number;
  readonly notBefore: Wait | null;
  /** The last death counted: `attempt/pid`. */
  readonly countedRun: string | null;
}

/** Why an attempt ended. Only Exited and SessionVanished can count against backoffLimit. */
export const END_CAUSES = [
  'Exited',
  'SessionVanished',
  'ServerDied',
  'Rebooted',
  'Suspended',
  'Deleted',
  'Restarted',
  'Reset',
  'Updated',
  'DeadlineExceeded',
  'HeartbeatStale',
  'Finished',
  'Duplicate',
] as const;

export type EndCause = (typeof END_CAUSES)[number];

export const newMemory: Memory = {
  phase: 'Pending',
  reason: 'Created',
  message: 'seen for the first time',
  observedGeneration: 0,
  attempt: 0,
  restarts: 0,
  failures: 0,
  notBefore: null,
  queuedSince: null,
  startingSince: null,
  runningSince: null,
  ranMs: 0,
  extensions: 0,
  extendedMs: 0,
  completedMs: [],
  heartbeat: null,
  staleRestarts: 0,
  repair: null,
  stop: null,
  sidecars: {},
  countedRun: null,
  finishedSince: null,
  fresh: false,
  satisfied: [],
  restartedAt: null,
  preflightPassed: 0,
  preflightFailures: 0,
  preflightJudged: null,
  failedSpec: null,
  primary: null,
  conditions: [],
};
