import { Counter, Gauge, type Registry } from 'prom-client';
import { CHANNEL_KINDS } from '../../api/ports/notifier.ts';
import type { StoreReader } from '../../api/ports/store.ts';
import { NOTIFICATION_RESULTS, type Tracer } from '../../api/trace.ts';

/** Messages to people, by kind of channel: there may be many webhooks. */
export const notificationMetrics = (registry: Registry, reader: Pick<StoreReader, 'openChannels'>): Tracer => {
  const notifications = new Counter({
    name: 'tmuxlet_notifications_total',
    help: 'Attempts to deliver a message to people, by kind of channel and result.',
    labelNames: ['channel', 'result'],
    registers: [registry],
  });
  const outbox = new Gauge({
    name: 'tmuxlet_notification_outbox',
    help: 'Messages that wait to be delivered, by kind of channel.',
    labelNames: ['channel'],
    registers: [registry],
    collect: () => {
      for (const channel of CHANNEL_KINDS) outbox.set({ channel }, 0);
      for (const [name, open] of reader.openChannels()) outbox.inc({ channel: name.split('/')[0] ?? name }, open);
    },
  });
  for (const channel of CHANNEL_KINDS) {
    for (const result of NOTIFICATION_RESULTS) notifications.inc({ channel, result }, 0);
  }

  return (trace) => {
    if (trace.trace === 'Notified') notifications.inc({ channel: trace.kind, result: trace.result });
  };
};
