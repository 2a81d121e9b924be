import type { Now } from './time.ts';

/** How much an alert presses; `info` says that something pressing is over. */
export type Severity = 'critical' | 'warning' | 'info';

/** What is remembered of one reason about one object, so that people are told of it and not flooded with it. */
export interface Alert {
  readonly reason: string;
  readonly object: string;
  /** The newest event taken in, and how often it had happened by then: a repeat keeps its id. */
  readonly eventId: number;
  readonly eventCount: number;
  /** What happened and has not been told yet; null for nothing. */
  readonly pending: PendingAlert | null;
  /** When it was last told: from then on the cool-down counts. Null for never. */
  readonly toldAt: Now | null;
}

export interface PendingAlert {
  readonly severity: Severity;
  /** Of the newest event. */
  readonly message: string;
  /** How often it happened since it was last told. */
  readonly times: number;
  /** Epoch milliseconds of the first and the last of these times. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** When it was taken in: from then on the digest window counts. */
  readonly since: Now;
}

/** How alerts become messages. */
export interface AlertSettings {
  /** A reason about an object is told once in so long; what comes meanwhile is counted and told after it. */
  readonly cooldownMs: number;
  /** What comes within so long of the first goes out as one message. */
  readonly digestMs: number;
  /** Messages in any hour at most; what is left waits for room, and goes out together. */
  readonly maxPerHour: number;
  /** Only these reasons alert; null for those that do by themselves. */
  readonly include: readonly string[] | null;
  /** These reasons never alert. */
  readonly exclude: readonly string[];
  /** The machine's name, for the subject. */
  readonly host: string;
}
