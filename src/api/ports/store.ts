import type { AttemptChange, Command, CommandVerb, PreflightReport } from '../decision.ts';
import type { Alert } from '../alert.ts';
import type { Event, NewEvent } from '../event.ts';
import type { Memory } from '../memory.ts';
import type { ProjectManifest } from '../manifest.ts';
import type { ServerIdentity } from '../observation.ts';
import type { OrphanRow } from '../orphan.ts';
import type { StandingMismatch } from '../mismatch.ts';
import type { Phase } from '../phase.ts';
import type { Delivery, Notification } from './notifier.ts';
import type { Attempt, Deletion, ProjectRow, Run } from '../project.ts';
import type { Now, Wait } from '../time.ts';
import { visible } from '../visible.ts';

/**
 * The read side: pure (failure 47), usable without a controller. Asked for one Project whose row is there and cannot
 * be read, it throws Unreadable: null would say that there is none, and its session were an orphan.
 */
export interface StoreReader {
  project(uid: string): ProjectRow | null;
  projectByName(name: string): ProjectRow | null;
  /** In order of name. A row that cannot be read is left out here and named by `quarantined`. */
  projects(): readonly ProjectRow[];
  /** Rows that could not be read (odd JSON, unknown phase), with the error: each is its own trouble (failure 7). */
  quarantined(): readonly { readonly uid: string; readonly name: string; readonly error: string }[];
  /** What admission needs of every Project of a queue, read from columns alone. */
  queueEntries(queue: string): readonly QueueEntry[];
  queues(): readonly QueueRow[];
  /** The uids of Projects whose dependsOn names this one. */
  dependents(name: string): readonly string[];
  /** Newest first. */
  attempts(uid: string): readonly Attempt[];
  attempt(uid: string, attempt: number): Attempt | null;
  /** Attempts without an end, of all Projects: what each shard should hold. */
  openAttempts(): readonly Attempt[];
  /** The session of every Project that the record says is running. */
  runningSessions(): readonly RunningSession[];
  /** Starts committed and not yet seen, by shard: they take up room too. */
  openingByShard(): ReadonlyMap<number, number>;
  /** Projects whose newest attempt is a resume that was begun at or after this time (epoch ms), and how they do. */
  resumesSince(at: number): readonly ResumeRow[];
  runs(uid: string, attempt: number): readonly Run[];
  /** Oldest first; `object` limits to one object, `afterId` to newer ones. */
  events(filter?: { readonly object?: string; readonly afterId?: number; readonly limit?: number }): readonly Event[];
  /** Events that were new or happened again after a cursor, in that order; and the cursor to go on from. */
  eventsSince(cursor: number, limit: number): { readonly events: readonly Event[]; readonly cursor: number };
  /** What is remembered of a reason about an object. */
  alert(reason: string, object: string): Alert | null;
  /** What has not been told yet. */
  pendingAlerts(): readonly Alert[];
  alertProgress(): AlertProgress;
  /** The newest of the outbox, oldest first: what is on its way, and what is done. */
  deliveries(): readonly Delivery[];
  /** What is on its way through a channel, oldest first. */
  openDeliveries(channel: string): readonly Delivery[];
  /** How many are on their way through each channel that has any. */
  openChannels(): ReadonlyMap<string, number>;
  command(id: string): Command | null;
  /** The oldest unacknowledged, unexpired command for a Project ('' for the controller). */
  pendingCommand(project: string, verb?: CommandVerb): Command | null;
  preflight(uid: string): PreflightReport | null;
  manifests(): readonly ManifestRow[];
  /** Mismatches that were told and stand; with those that alerted lately, cleared or not. */
  mismatches(): readonly StandingMismatch[];
  /** What is remembered of sessions of ours that no Project claims. */
  orphans(): readonly OrphanRow[];
  orphan(shard: number, sessionId: string): OrphanRow | null;
  /** How many Projects there are of each phase in each queue. */
  phaseCounts(): readonly PhaseCount[];
  /** How many Projects are in phase Starting, but for this one. */
  startingBeside(uid: string): number;
  setting(key: string): string | null;
  /** Changes whenever any row changes; cheap. For this reader alone. */
  version(): number;
  /**
   * Grows with every change of a Project, its attempts and events, and stays over restarts: the resource version of
   * what was changed last.
   */
  revision(): number;
}

export interface Store extends StoreReader {
  /**
   * One short immediate transaction: reads and writes in it are atomic, and nothing in it may wait.
   * Throws Fenced when another controller has taken over (its epoch is newer), and nothing is written.
   */
  transaction<T>(work: (writes: StoreWrites) => T): T;
  /** Moves the write-ahead log into the database: some 5 to 120 ms, for a moment when there is nothing else to do. */
  checkpoint(): void;
  close(): void;
}

export interface StoreWrites {
  createProject(manifest: ProjectManifest, file: string, identity: { uid: string; memory: Memory; at: number }): void;
  /** Spec, labels, annotations and file from a manifest; `generation` grows when the spec differs. */
  updateManifest(uid: string, manifest: ProjectManifest, file: string): void;
  setManifestError(uid: string, error: string | null): void;
  setDeletion(uid: string, deletion: Deletion | null): void;
  /** The decision's half of the row. Throws StoreConflict when `resourceVersion` is no longer the row's. */
  setMemory(uid: string, resourceVersion: number, memory: Memory): void;
  /** The queue controller's half: null gives the place back. */
  setAdmitted(uid: string, admittedAt: number | null): void;
  applyAttempt(uid: string, change: AttemptChange): void;
  /** Inserts or completes a run's record; what is null keeps what is stored. */
  putRun(run: Run): void;
  /** A repeat of the object's newest event of that reason and message counts instead of adding a row. */
  recordEvent(event: NewEvent, at: number): void;
  addCommand(command: Pick<Command, 'id' | 'verb' | 'project' | 'requestedAt'>): void;
  acknowledge(id: string, at: number, result: string): void;
  putPreflight(uid: string, report: PreflightReport): void;
  putOrphan(row: OrphanRow): void;
  forgetOrphan(shard: number, sessionId: string): void;
  replaceManifests(rows: readonly ManifestRow[]): void;
  replaceMismatches(standing: readonly StandingMismatch[]): void;
  setQueues(queues: readonly QueueRow[]): void;
  setSetting(key: string, value: string): void;
  /** Alerts are wanted from now on: what was recorded earlier is not told. Or no more: what is pending is dropped. */
  setAlerting(on: boolean): void;
  putAlerts(alerts: readonly Alert[], progress: AlertProgress): void;
  /** Puts a message into the outbox, for each channel. */
  addNotification(notification: Notification, channels: readonly string[]): void;
  /** Counts an attempt before it is made, and says when the next one may be. */
  beginDelivery(delivery: Delivery, nextAttempt: Wait): void;
  /** How an attempt ended: taken, given up, or failed for now. */
  endDelivery(delivery: Delivery, end: Partial<Pick<Delivery, 'deliveredAt' | 'failedAt' | 'lastError'>>): void;
  forgetProject(uid: string): void;
  /** Drops acknowledged commands, old events and ended attempts beyond what is kept. */
  prune(before: number): void;
}

/** How far events were read for alerts, and when the newest messages were made. */
export interface AlertProgress {
  readonly cursor: number;
  readonly sent: readonly Now[];
}

export interface QueueEntry {
  readonly uid: string;
  readonly name: string;
  readonly priority: number;
  readonly createdAt: number;
  readonly admittedAt: number | null;
  readonly phase: Phase;
  readonly suspend: boolean;
  readonly deleting: boolean;
  /** Its pre-flight has failed and is tried again later: it is passed over meanwhile. */
  readonly heldByPreflight: boolean;
  /** `project/condition` pairs not yet recorded as satisfied. */
  readonly waitsFor: readonly { readonly project: string; readonly condition: 'Complete' | 'Running' }[];
}

export interface RunningSession {
  readonly uid: string;
  /** As its open attempt has them; all null where it has none. */
  readonly shard: number | null;
  readonly sessionId: string | null;
  readonly server: ServerIdentity | null;
}

export interface PhaseCount {
  readonly phase: Phase;
  readonly queue: string;
  readonly projects: number;
}

export interface ResumeRow {
  readonly uid: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly resumedAt: number;
  /** GivenUp: Failed, and not tried again by itself. */
  readonly outcome: 'Well' | 'Failing' | 'GivenUp' | 'UnderWay';
  /** Since when it runs; null: it does not at the moment. */
  readonly runningSince: Now | null;
}

export interface QueueRow {
  readonly name: string;
  readonly maxConcurrent: number;
}

export interface ManifestRow {
  readonly file: string;
  readonly hash: string;
  readonly names: readonly string[];
  readonly errors: readonly string[];
  readonly readAt: number;
  /** Projects this file declared and no longer does: since when complete listings have lacked each, by name. */
  readonly missing: Readonly<Record<string, Now>>;
}

/** Another controller has taken over: this one must end without writing anything more. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** The row changed since it was read: look again. */
export class StoreConflict extends Error {
  override readonly name = 'StoreConflict';
}

/** The row is there, and cannot be read: Unknown, which is not Absent. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';

  constructor(message: string) {
    // It quotes what is in the row.
    super(visible(message));
  }
}
