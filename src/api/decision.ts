import type { Action } from './action.ts';
import type { CheckResult } from './check.ts';
import type { NewEvent } from './event.ts';
import type { EndCause, Memory } from './memory.ts';
import type { ListedSession, Observation, ServerIdentity } from './observation.ts';
import type { Attempt, ProjectRow, Run } from './project.ts';
import type { Now } from './time.ts';

/** A stored, acknowledged request of a person; executed once, it expires when nobody takes it. */
export interface Command {
  readonly id: string;
  readonly verb: CommandVerb;
  /** The Project's name, or empty for commands to the whole controller. */
  readonly project: string;
  readonly requestedAt: number;
  readonly acknowledgedAt: number | null;
  readonly result: string | null;
}

export const COMMAND_VERBS = ['restart', 'reset', 'confirm-deletions'] as const;
export type CommandVerb = (typeof COMMAND_VERBS)[number];

export interface PreflightReport {
  readonly generation: number;
  readonly at: number;
  readonly checks: readonly CheckResult[];
}

/** How one entry of spec.dependsOn stands. */
export interface DependencyState {
  readonly project: string;
  readonly condition: 'Complete' | 'Running';
  readonly state: 'Satisfied' | 'Waiting' | 'NotFound' | 'Failed';
}

/** Where a session would be made. */
export interface Target {
  readonly shard: number;
  /** Sessions there that are not this Project's, by name. */
  readonly taken: ReadonlyMap<string, ListedSession>;
}

/** What another Project without a session name could claim by weak evidence. */
export interface Rival {
  /** Null: its row cannot be read, and it may be any. */
  readonly path: string | null;
  /** Likewise. */
  readonly sessionName: string | null;
}

/** All a decision rests on: what is stored, what was observed, and the time. */
export interface Case {
  readonly project: ProjectRow;
  /** The newest attempt's record. */
  readonly attempt: Attempt | null;
  /** The stored runs of the newest attempt. */
  readonly runs: readonly Run[];
  readonly command: Command | null;
  readonly dependencies: readonly DependencyState[];
  readonly preflight: PreflightReport | null;
  /** How many more starts the machine allows at this moment (maxConcurrentStarts). */
  readonly startSlots: number;
  /** What the machine has used up, so that it cannot take one more session; absent or null while it can. */
  readonly machineHold?: string | null;
  readonly observation: Observation;
  /** Null when no tmux server answers that could take a session. */
  readonly target: Target | null;
  /** Other Projects whose attempts have lost their session's name too. */
  readonly rivals: readonly Rival[];
  /** Why resumes are held fleet-wide, for this Project too; null when they are not. */
  readonly fleetHold: string | null;
  /** False while mending is off (STATE_SYNC_DRY_RUN): what has to be repaired or adopted is only told. */
  readonly mending: boolean;
  /** What went wrong when the last plan was acted upon, for people; null when nothing did. */
  readonly trouble: string | null;
  readonly ownerId: string;
  readonly now: Now;
}

/** What a decision changes in the attempts' records. */
export interface AttemptChange {
  /** The intent of a new attempt, committed before anything is started. */
  readonly begin?: Attempt;
  /** What was seen of the newest attempt: corrects or completes its record. */
  readonly seen?: {
    readonly attempt: number;
    readonly shard: number;
    readonly sessionName: string;
    readonly sessionId: string;
    readonly specHash: string;
    readonly server: ServerIdentity;
    readonly bootId: string;
    readonly startedAt: number;
  };
  readonly end?: { readonly attempt: number; readonly cause: EndCause; readonly endedAt: number };
}

/** The outcome of a decision: the next status, what to record, what to do, and when to look again. */
export interface Plan {
  /** The English line of the rule that matched. */
  readonly rule: string;
  readonly memory: Memory;
  readonly events: readonly NewEvent[];
  readonly attempt: AttemptChange;
  /** The command this decision carried out. */
  readonly acknowledge: { readonly id: string; readonly result: string } | null;
  readonly actions: readonly Action[];
  /** Something needed could not be observed: look again, with the queue's back-off. */
  readonly retry: boolean;
  /** Look again after this many milliseconds at the latest; null when only a change can matter. */
  readonly requeueAfterMs: number | null;
}
