import type { Command, CommandVerb } from '../api/decision.ts';
import { UserError } from '../api/errors.ts';
import type { Event } from '../api/event.ts';
import type { StateReport } from '../api/mismatch.ts';
import type { ManifestRow } from '../api/ports/store.ts';
import type { ChannelTest } from '../api/ports/notifier.ts';
import type { Holder } from '../api/ports/world.ts';
import type { ProjectObject } from '../api/project.ts';
import type { ControllerInfo } from './controller-info.ts';
import type { PlannedAction } from './control.ts';
import type { WatchEvent } from './sse.ts';
import type { Description } from './views/description.ts';
import type { List } from './views/list.ts';
import type { NotificationView } from './views/notification.ts';
import type { QueueView } from './views/queue.ts';
import type { SessionView } from './views/session.ts';
import type { TopView } from './views/top.ts';
import type { EventFilter } from './views/views.ts';

/** What the command line can ask for. Every call may reject with a UserError, for what is not there with NotFound. */
export interface Client {
  /** A controller answers. If not, what is stored can be read, and nothing else works. */
  readonly live: boolean;
  controller(): Promise<ControllerInfo>;
  projects(selector?: string): Promise<List<ProjectObject>>;
  project(name: string): Promise<ProjectObject>;
  describe(name: string): Promise<Description>;
  sessions(): Promise<List<SessionView>>;
  manifests(): Promise<List<ManifestRow>>;
  events(filter?: EventFilter): Promise<List<Event>>;
  queues(): Promise<List<QueueView>>;
  /** How everything does, in numbers. */
  top(): Promise<TopView>;
  /** The page of metrics. */
  metrics(): Promise<string>;
  locks(): Promise<List<Holder>>;
  notifications(): Promise<List<NotificationView>>;
  plan(): Promise<readonly PlannedAction[]>;
  /** Compares all records now; with `dryRun` nothing of what is found is mended. */
  sync(dryRun: boolean): Promise<StateReport>;
  /** Sends a test message through every channel. */
  testAlerts(): Promise<readonly ChannelTest[]>;
  /** All that is there, a BOOKMARK, then every change, until the signal. */
  watchProjects(selector: string | undefined, signal: AbortSignal): AsyncIterable<WatchEvent<ProjectObject>>;
  watchEvents(filter: EventFilter, signal: AbortSignal): AsyncIterable<WatchEvent<Event>>;
  /** Asks for something to be done; `project` is empty for the controller itself. */
  request(verb: CommandVerb, project: string): Promise<Command>;
  /** Has the controller write it into the manifest; resolves to what it says of it. */
  setSuspend(name: string, suspend: boolean): Promise<string>;
  delete(name: string, force: boolean): Promise<void>;
  close(): void;
}

/** The controller went away while it was watched. */
export class ConnectionLost extends UserError {}

export interface Whereabouts {
  /** Over TCP, and then nothing of this machine is looked at; null: by the socket. */
  readonly server?: { readonly url: string; readonly tokenFile: string | null } | null;
  readonly stateDir: string;
  /** Path of the API's unix socket. */
  readonly socket: string;
  readonly database: string;
  /** Looks at the locks, where no controller is there to be asked. */
  readonly locks: () => readonly Holder[];
  /** Of the first tmux server, where no controller has written down another. */
  readonly tmuxSocket: string;
}
