import type { Condition } from './condition.ts';
import type { EndCause, Memory } from './memory.ts';
import type { ProjectManifest, Spec } from './manifest.ts';
import type { Phase } from './phase.ts';
import type { ServerIdentity } from './observation.ts';

/** A Project as the database has it: what people want, and what the controller remembers of it. */
export interface ProjectRow {
  readonly uid: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Counts changes of spec. */
  readonly generation: number;
  /** Grows with every write to the row; every compare-and-set asserts it. */
  readonly resourceVersion: number;
  readonly spec: Spec;
  /** Absolute path of the manifest that declares it; keeps the name when a second file claims it. */
  readonly file: string;
  /** The error of the manifest as it now stands, when it does not parse; the spec is then the last good one. */
  readonly manifestError: string | null;
  readonly createdAt: number;
  readonly deletion: Deletion | null;
  /** Written by the queue controller only: since when the Project holds a place in its queue. */
  readonly admittedAt: number | null;
  readonly memory: Memory;
}

export interface Deletion {
  readonly requestedAt: number;
  /** Forget without killing: `delete --force`. */
  readonly force: boolean;
}

/** One session, numbered per uid and never reused. The intent is committed before the session is made (I4). */
export interface Attempt {
  readonly uid: string;
  readonly attempt: number;
  /** Index of the tmux server: 0 is the configured socket. */
  readonly shard: number;
  /** NULL only in a damaged or imported row; repaired from evidence. */
  readonly sessionName: string | null;
  readonly sessionId: string | null;
  readonly specHash: string;
  readonly resumed: boolean;
  readonly bootId: string;
  /** Known once the session was seen. */
  readonly server: ServerIdentity | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly cause: EndCause | null;
}

/** One life of a window's process inside an attempt. */
export interface Run {
  readonly uid: string;
  readonly attempt: number;
  readonly window: string;
  readonly run: number;
  readonly pid: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** As the shell reports it: 128 + n for signal n, which cannot be told from `exit 128+n`. */
  readonly exitCode: number | null;
  /** The last lines of its screen, at most 200. */
  readonly lastLines: string | null;
}

/** What `status` shows of a Project. */
export interface ProjectStatus {
  readonly phase: Phase;
  readonly reason: string;
  readonly message: string;
  readonly conditions: readonly Condition[];
  readonly socket: string | null;
  readonly sessionName: string | null;
  readonly sessionId: string | null;
  readonly attempt: number;
  readonly restarts: number;
  readonly failures: number;
  /** Epoch milliseconds; when the newest attempt's session was made. */
  readonly startedAt: number | null;
  /** Epoch milliseconds; before this nothing is started. */
  readonly nextAttemptAt: number | null;
  readonly observedGeneration: number;
}

/** A Project as the API shows it: `get -o json`. */
export interface ProjectObject {
  readonly apiVersion: string;
  readonly kind: 'Project';
  readonly metadata: ProjectManifest['metadata'] & { readonly uid: string };
  readonly spec: Spec;
  readonly status: ProjectStatus;
}
