import type { StoreReader } from './store.ts';
import type { Tracer } from '../trace.ts';

/** What `run` gives the controller to speak through. `main.ts` implements the other side. */
export interface RunIo {
  /** Where log lines go, one JSON object a line. */
  readonly log: LogSink;
  /** Called once everything listens. */
  started(running: Running): void;
}

/** A controller at work, as `run` shows it. */
export interface Running {
  /** Where metrics, health and the page are: `http://127.0.0.1:9469`. */
  readonly url: string;
  readonly reader: StoreReader;
  /** Absolute socket path of a tmux server. */
  socketOf(shard: number): string;
  /** Calls back for everything that happens; returns how to stop listening. */
  onTrace(listener: Tracer): () => void;
}

/** A stream, as far as a log needs it. */
export interface LogSink {
  write(line: string): unknown;
  /** Somebody reads it as it comes. */
  readonly isTTY?: boolean;
}
