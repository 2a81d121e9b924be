import type { Severity } from '../alert.ts';
import type { Wait } from '../time.ts';

/** The kinds of channel; the name of one is its kind, or `webhook/` and a name of its own. */
export const CHANNEL_KINDS = ['email', 'webhook'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** A way to people. */
export interface Notifier {
  readonly kind: ChannelKind;
  /** `email`, or `webhook/ops`. */
  readonly name: string;
  /**
   * Hands a message over. May be called again for a message that arrived after all, and then gives it the same
   * Message-ID or idempotency key. Rejects when it was not taken, with a message that holds no secret.
   */
  deliver(notification: Notification, signal: AbortSignal): Promise<void>;
}

/** One message to people. */
export interface Notification {
  readonly id: string;
  /** One line, without control characters. */
  readonly subject: string;
  readonly text: string;
  /** For programs; of very many only the first. */
  readonly events: readonly NotifiedEvent[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface NotifiedEvent {
  readonly severity: Severity;
  readonly reason: string;
  readonly object: string;
  readonly message: string;
  readonly times: number;
  /** Epoch milliseconds. */
  readonly firstAt: number;
  /** Epoch milliseconds. */
  readonly lastAt: number;
}

/** A message on its way through one channel: a row of the outbox. */
export interface Delivery {
  readonly channel: string;
  readonly notification: Notification;
  /** Begun so far. */
  readonly attempts: number;
  /** No attempt before this is over. */
  readonly nextAttempt: Wait | null;
  /** Epoch milliseconds; null until it was taken. */
  readonly deliveredAt: number | null;
  /** Epoch milliseconds; null unless it was given up. */
  readonly failedAt: number | null;
  readonly lastError: string | null;
}

/** How one channel took a test message. */
export interface ChannelTest {
  readonly channel: string;
  /** Null when it was taken. */
  readonly error: string | null;
}
