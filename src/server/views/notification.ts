import type { Delivery } from '../../api/ports/notifier.ts';
import type { StoreReader } from '../../api/ports/store.ts';
import { endsAt } from '../../api/time.ts';

/** A message in the outbox, on its way through one channel or done. */
export interface NotificationView {
  readonly id: string;
  readonly channel: string;
  readonly state: 'Pending' | 'Retrying' | 'Delivered' | 'Failed';
  readonly attempts: number;
  /** Epoch milliseconds, as the others. */
  readonly createdAt: number;
  readonly nextAttemptAt: number | null;
  readonly deliveredAt: number | null;
  /** Of the last attempt that failed. */
  readonly error: string | null;
  readonly subject: string;
  readonly text: string;
}

/** Oldest first. */
export const notificationViews = (reader: Pick<StoreReader, 'deliveries'>): readonly NotificationView[] =>
  reader.deliveries().map((delivery) => {
    const { notification, nextAttempt, lastError, channel, attempts, deliveredAt } = delivery;
    const { id, createdAt, subject, text } = notification;
    const state = stateOf(delivery);
    const nextAttemptAt = state === 'Retrying' && nextAttempt ? endsAt(nextAttempt) : null;
    return { id, channel, state, attempts, createdAt, nextAttemptAt, deliveredAt, error: lastError, subject, text };
  });

const stateOf = ({ deliveredAt, failedAt, attempts }: Delivery): NotificationView['state'] => {
  if (deliveredAt !== null) return 'Delivered';
  if (failedAt !== null) return 'Failed';
  return attempts > 0 ? 'Retrying' : 'Pending';
};
