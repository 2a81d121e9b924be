import type { Command, PreflightReport } from '../../api/decision.ts';
import type { Event } from '../../api/event.ts';
import type { ProjectRow, Attempt, ProjectObject, Run } from '../../api/project.ts';
import type { StoreReader } from '../../api/ports/store.ts';
import { type HeartbeatView, heartbeatView, type LiveBeatsOf } from './heartbeat.ts';
import { projectObject, type SocketOf } from './project.ts';

/** A Project's whole story. */
export interface Description {
  readonly project: ProjectObject;
  /** Absolute path of the manifest. */
  readonly file: string;
  readonly manifestError: string | null;
  readonly deletion: ProjectRow['deletion'];
  /** Newest first. */
  readonly attempts: readonly AttemptView[];
  readonly preflight: PreflightReport | null;
  readonly heartbeat: HeartbeatView | null;
  /** What people have asked for and is not done yet. */
  readonly pendingCommand: Command | null;
  /** Oldest first. */
  readonly events: readonly Event[];
}

export interface AttemptView extends Attempt {
  readonly runs: readonly Run[];
}

/** Attempts told in full; what is older is a number in the status. */
const ATTEMPTS = 5;

export const describeProject = (
  row: ProjectRow,
  reader: StoreReader,
  socketOf: SocketOf,
  beatsOf: LiveBeatsOf,
): Description => {
  const attempts = reader.attempts(row.uid);
  return {
    project: projectObject(row, attempts[0] ?? null, socketOf),
    file: row.file,
    manifestError: row.manifestError,
    deletion: row.deletion,
    attempts: attempts
      .slice(0, ATTEMPTS)
      .map((attempt) => ({ ...attempt, runs: reader.runs(row.uid, attempt.attempt) })),
    preflight: reader.preflight(row.uid),
    heartbeat: heartbeatView(row, beatsOf),
    pendingCommand: reader.pendingCommand(row.name),
    events: reader.events({ object: `Project/${row.name}` }),
  };
};
