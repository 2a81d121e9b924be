import type { Note } from '../../api/note.ts';
import type { ServerIdentity } from '../../api/observation.ts';
import type { Clock } from '../../api/ports/world.ts';
import type { TmuxCommands } from './command.ts';
import type { TmuxObserver } from './observer.ts';
import type { ServerRecords } from './server-records.ts';

/** A way to one server that is known by pid and start time. */
export interface Link {
  readonly server: ServerIdentity;
  /** The lines that the commands print. Rejects with the first failure; what follows it is not run. */
  run(commands: TmuxCommands): Promise<readonly string[]>;
  /** False when it has to be made anew. */
  isOpen(): boolean;
  close(): Promise<void>;
}

/** How to reach one tmux server, by whatever client. */
export interface ClientOptions {
  /** The program: a name on PATH, or a path. */
  readonly tmux: string;
  /** Absolute. */
  readonly socket: string;
  readonly configFile: string;
  /** The client's whole environment; a server that it starts keeps it. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** No call takes longer. */
  readonly deadlineMs: number;
}

export interface ShardOptions extends ClientOptions {
  readonly shard: number;
  readonly ownerId: string;
  /** ReadOnly starts, ends and signals nothing, and leaves no client behind. */
  readonly mode: 'Manage' | 'ReadOnly';
  /** The server is kept by somebody else: none is started here, and one that has gone is waited for. */
  readonly external: boolean;
  readonly records: ServerRecords;
  /** Something about sessions may have changed. */
  readonly hint: (what: string) => void;
  /** What is worth a line in the log. */
  readonly note: Note;
  readonly observer: TmuxObserver;
}
