import { END_CAUSES } from './memory.ts';

/** Why an attempt was begun: the first of its Project, a session found alive, or how the attempt before it ended. */
export const BEGIN_CAUSES = ['First', 'Adopted', ...END_CAUSES, 'Unknown'] as const;
export type BeginCause = (typeof BEGIN_CAUSES)[number];

/** Why a primary runs again: how its last run, or the attempt before, ended; Unknown where no record of that is left. */
export const RESTART_CAUSES = [...END_CAUSES, 'Unknown'] as const;
export type RestartCause = (typeof RESTART_CAUSES)[number];

/** Ends that nobody asked for: what follows them is a repair. */
const UNASKED: readonly RestartCause[] = ['Exited', 'SessionVanished', 'ServerDied', 'Rebooted', 'HeartbeatStale'];
export const isUnasked = (cause: RestartCause): boolean => UNASKED.includes(cause);

/** What was made good again. */
export const REPAIRS = [
  /** The primary runs again in the window where it had ended. */
  'Respawned',
  /** The primary runs again in a new session, its last one having gone. */
  'Resumed',
  /** A record was corrected from the tags of the session. */
  'RecordCorrected',
  /** A session of ours that had lost its tags has them again. */
  'SessionTagged',
  /** A session that was found alive is its Project's own. */
  'SessionAdopted',
  /** A second session of one Project was ended. */
  'DuplicateEnded',
] as const;
export type Repair = (typeof REPAIRS)[number];

/** A run of a primary, seen for the first time, running or ended. */
export interface RunSeen {
  /** Null for the first one, which is no restart. */
  readonly restart: { readonly cause: RestartCause; readonly inItsWindow: boolean } | null;
  /** From when the end before it was seen until this run was seen running, waits of back-off not counted; null where not known. */
  readonly repairMs: number | null;
}

/** What people had to do by hand. */
export const INTERVENTIONS = ['restart', 'reset', 'confirm-deletions', 'delete-force', 'sync'] as const;
export type Intervention = (typeof INTERVENTIONS)[number];
