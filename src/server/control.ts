import type { ActionKind } from '../api/action.ts';
import type { Command, CommandVerb } from '../api/decision.ts';
import type { StateReport } from '../api/mismatch.ts';
import type { ShardListing } from '../api/observation.ts';
import type { ChannelTest } from '../api/ports/notifier.ts';
import type { Holder } from '../api/ports/world.ts';
import type { Seen } from '../api/seen.ts';
import type { Tracer } from '../api/trace.ts';
import type { LiveBeatsOf } from './views/heartbeat.ts';

/** What the server needs of the running controller, beside the read side of the store. */
export interface Control {
  /** This installation's id: sessions tagged with another one are not ours. */
  readonly ownerId: string;
  /** A fresh listing of every tmux server. */
  listings(): Promise<readonly ShardListing[]>;
  /** What is on the screens of a Project's windows now, colours included; none without a session. Never rejects. */
  screens(uid: string): Promise<readonly Screen[]>;
  /** Every lock in the state directory and who holds it. */
  locks(): readonly Holder[];
  /** What the next passes would do, decided on what is observed now; nothing is written (failure 47). */
  plan(): Promise<readonly PlannedAction[]>;
  /** What the last comparison of all records found; null before the first. */
  stateReport(): StateReport | null;
  /** Compares all records now, and has mended what can be; with `dryRun` only compares. */
  synchronize(dryRun: boolean): Promise<StateReport>;
  /** Sends a test message through every channel, and says how each took it; empty where there is none. */
  testAlerts(): Promise<readonly ChannelTest[]>;
  /** Stores a command for a Project ('' for the controller itself) and wakes who carries it out. */
  command(verb: CommandVerb, project: string): Command;
  /** Marks the Project for deletion: stopped, then forgotten; with `force` forgotten without killing. */
  requestDeletion(name: string, force: boolean): void;
  /**
   * Writes `spec.suspend` into the Project's manifest; false when it was so already.
   * @throws UserError when the file cannot be edited safely
   */
  setSuspend(name: string, suspend: boolean): Promise<boolean>;
  /** Calls back for everything that happens; returns how to stop listening. */
  onTrace(listener: Tracer): () => void;
  /** What is known of a Project's beats at the moment. */
  readonly beatsOf: LiveBeatsOf;
  readonly health: Health;
}

/** A window of a live session, and its last lines. */
export interface Screen {
  /** tmux's own id of the pane. */
  readonly pane: string;
  readonly window: string;
  /** Its process has ended, and it is kept to be looked at. */
  readonly dead: boolean;
  /** Text with ANSI escapes; Unknown where tmux did not answer. */
  readonly text: Seen<string>;
}

/** One thing that a coming pass would do. */
export interface PlannedAction {
  readonly project: string;
  /** Null when the pass would only record a status, or wait. */
  readonly action: ActionKind | null;
  /** The English line of the rule that matched. */
  readonly rule: string;
  /** The reason in this very case, for people. */
  readonly message: string;
}

export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  /** Why it is not well, or what was found. */
  readonly message: string;
}

export interface Health {
  /** Must the process be restarted? The loop makes progress. */
  live(): readonly HealthCheck[];
  /** Does the controller do its work? Store writable, tmux seen, manifests read, loops without repeated errors. */
  ready(): readonly HealthCheck[];
}
