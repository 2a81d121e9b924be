import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { StoredNow } from '../api/memory-schema.ts';
import type { Delivery, Notification } from '../api/ports/notifier.ts';
import type { StoreReader, StoreWrites } from '../api/ports/store.ts';
import { readJson } from './json.ts';

/** Of the rows that are done, the newest so many are shown. */
const SHOWN = 200;

interface StoredDelivery extends Omit<Delivery, 'notification' | 'nextAttempt'> {
  readonly id: string;
  readonly createdAt: number;
  readonly message: string;
  readonly nextAttempt: string | null;
}

const Message: z.ZodType<Omit<Notification, 'id' | 'createdAt'>> = z.object({
  subject: z.string(),
  text: z.string(),
  events: z.array(
    z.object({
      severity: z.enum(['critical', 'warning', 'info']),
      reason: z.string(),
      object: z.string(),
      message: z.string(),
      times: z.number(),
      firstAt: z.number(),
      lastAt: z.number(),
    }),
  ),
});
const NextAttempt = z.object({ since: StoredNow, forMs: z.number() });

const COLUMNS = `id, channel, message, created_at AS createdAt, attempts, next_attempt AS nextAttempt,
                 delivered_at AS deliveredAt, failed_at AS failedAt, last_error AS lastError`;
const OPEN = 'delivered_at IS NULL AND failed_at IS NULL';

export const notificationReads = (
  db: Database,
): Pick<StoreReader, 'deliveries' | 'openDeliveries' | 'openChannels'> => {
  const newest = db.prepare<[], StoredDelivery>(`
    SELECT ${COLUMNS} FROM notifications ORDER BY created_at DESC, id, channel LIMIT ${SHOWN}`);
  const open = db.prepare<[string], StoredDelivery>(
    `SELECT ${COLUMNS} FROM notifications WHERE channel = ? AND ${OPEN} ORDER BY created_at, id`,
  );
  const channels = db.prepare<[], { channel: string; open: number }>(
    `SELECT channel, count(*) AS open FROM notifications WHERE ${OPEN} GROUP BY channel`,
  );
  return {
    deliveries: () => newest.all().map(readDelivery).reverse(),
    openDeliveries: (channel) => open.all(channel).map(readDelivery),
    openChannels: () => new Map(channels.all().map((row) => [row.channel, row.open])),
  };
};

const UNREADABLE = {
  subject: '[tmuxlet] a message that cannot be read',
  text: 'Its row in the outbox was damaged. What happened is among the events: tmuxlet events\n',
  events: [],
};

const readDelivery = ({ id, createdAt, message, nextAttempt, ...stored }: StoredDelivery): Delivery => ({
  ...stored,
  notification: { ...(readJson(Message, message) ?? UNREADABLE), id, createdAt },
  nextAttempt: nextAttempt === null ? null : (readJson(NextAttempt, nextAttempt) ?? null),
});

export const notificationWrites = (
  db: Database,
): Pick<StoreWrites, 'addNotification' | 'beginDelivery' | 'endDelivery'> => {
  const add = db.prepare<[object]>(`
    INSERT INTO notifications (id, channel, message, created_at) VALUES (@id, @channel, @message, @createdAt)`);
  const begin = db.prepare<[object]>(`
    UPDATE notifications SET attempts = attempts + 1, next_attempt = @nextAttempt
     WHERE id = @id AND channel = @channel AND ${OPEN}`);
  const end = db.prepare<[object]>(`
    UPDATE notifications
       SET delivered_at = @deliveredAt, failed_at = @failedAt, last_error = coalesce(@lastError, last_error)
     WHERE id = @id AND channel = @channel AND ${OPEN}`);
  return {
    addNotification: ({ id, createdAt, ...message }, channels) => {
      for (const channel of channels) add.run({ id, channel, createdAt, message: JSON.stringify(message) });
    },
    beginDelivery: ({ channel, notification: { id } }, wait) => {
      begin.run({ id, channel, nextAttempt: JSON.stringify(wait) });
    },
    endDelivery: ({ channel, notification: { id } }, { deliveredAt = null, failedAt = null, lastError = null }) => {
      end.run({ id, channel, deliveredAt, failedAt, lastError });
    },
  };
};
