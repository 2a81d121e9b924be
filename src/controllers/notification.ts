import type { AlertSettings } from '../api/alert.ts';
import { messageOf } from '../api/errors.ts';
import type { Delivery, Notifier } from '../api/ports/notifier.ts';
import type { Store } from '../api/ports/store.ts';
import type { Clock } from '../api/ports/world.ts';
import { remainingMs } from '../api/time.ts';
import type { Tracer } from '../api/trace.ts';
import { deliveryWaitMs, givenUp, MAX_ATTEMPTS } from '../machines/alerts/delivery.ts';
import { planNotifications } from '../machines/alerts/plan.ts';
import { withDeadline } from './deadline.ts';
import { type Controller, type Outcome, settled } from './loop.ts';

/** Whom to tell, and how. */
export interface Alerting {
  readonly notifiers: readonly Notifier[];
  readonly settings: AlertSettings;
  /** Hides what may be a secret in a text that leaves the machine. */
  readonly mask: (text: string) => string;
}

export interface NotificationParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly alerting: Alerting;
  readonly newUid: () => string;
  /** Has a channel's outbox looked at. */
  readonly wake: (channel: string) => void;
}

/** The key under which events become messages; all other keys are channels. */
export const ALERTS = 'alerts';

/** Events taken in at one time. */
const BATCH = 500;
/** A channel that does not answer for so long has failed this time. */
export const DEADLINE_MS = 10_000;

/**
 * Tells people. Events become messages in the outbox in one transaction, and each channel delivers its own from
 * there, with a worker of its own: a channel that fails or hangs delays neither another nor any other controller.
 */
export const notificationController = (parts: NotificationParts): Controller => ({
  name: 'notification',
  // There may be more of them some time.
  get workers() {
    return parts.alerting.notifiers.length + 1;
  },
  async reconcile({ key }, signal): Promise<Outcome> {
    if (key === ALERTS) return gather(parts);
    const notifier = parts.alerting.notifiers.find(({ name }) => name === key);
    return notifier === undefined ? dropChannel(parts, key) : await deliverNext(parts, notifier, signal);
  },
});

/** Gathers, and has looked at every channel that has something to deliver. */
const gather = (parts: NotificationParts): Outcome => {
  const requeueAfterMs = parts.alerting.notifiers.length > 0 ? intoOutbox(parts) : null;
  for (const channel of parts.store.openChannels().keys()) parts.wake(channel);
  return { retry: false, requeueAfterMs };
};

/**
 * From events to the outbox. Cursor, memory and message are one transaction: a crash neither loses nor repeats one.
 * Returns when something may be due again.
 */
const intoOutbox = ({ store, clock, alerting, newUid }: NotificationParts): number | null => {
  const { notifiers, settings, mask } = alerting;
  const progress = store.alertProgress();
  const { events, cursor } = store.eventsSince(progress.cursor, BATCH);
  const { alerts, sent, notification, requeueAfterMs } = planNotifications({
    events: events.map((event) => ({ ...event, message: mask(event.message) })),
    alerts: [...store.pendingAlerts(), ...events.flatMap(({ reason, object }) => store.alert(reason, object) ?? [])],
    sent: progress.sent,
    settings,
    now: clock.now(),
    id: newUid().slice(0, 8),
  });
  const isFull = events.length === BATCH;
  // Having read events that are for the record only is not worth a write.
  if (alerts.length > 0 || isFull) {
    store.transaction((writes) => {
      writes.putAlerts(alerts, { cursor, sent });
      if (notification)
        writes.addNotification(
          notification,
          notifiers.map(({ name }) => name),
        );
    });
  }
  return isFull ? 0 : requeueAfterMs;
};

/** What waited for a channel that is no longer configured will not be delivered. */
const dropChannel = ({ store, clock }: NotificationParts, channel: string): Outcome => {
  const end = { failedAt: clock.now().wallMs, lastError: 'this channel is no longer configured' };
  store.transaction((writes) => {
    for (const delivery of store.openDeliveries(channel)) writes.endDelivery(delivery, end);
  });
  return settled;
};

/** The oldest that is due, one a pass: a channel that hangs with many waiting makes no pass long. */
const deliverNext = async (parts: NotificationParts, notifier: Notifier, signal: AbortSignal): Promise<Outcome> => {
  const { store, clock } = parts;
  const leftMs = ({ nextAttempt }: Delivery): number => remainingMs(nextAttempt, clock.now());
  const due = store.openDeliveries(notifier.name).find((delivery) => leftMs(delivery) === 0);
  if (due) await attempt(parts, notifier, due, signal);
  const waits = store.openDeliveries(notifier.name).map(leftMs);
  return { retry: false, requeueAfterMs: waits.length === 0 ? null : Math.min(...waits) };
};

/** The attempt is counted and the next one put off before it is made: a crash in between repeats it, after the wait. */
const attempt = async (
  { store, clock, trace }: NotificationParts,
  notifier: Notifier,
  delivery: Delivery,
  stopping: AbortSignal,
): Promise<void> => {
  const { kind, name: channel } = notifier;
  const attempts = delivery.attempts + 1;
  store.transaction((writes) =>
    writes.beginDelivery(delivery, { since: clock.now(), forMs: deliveryWaitMs(attempts) }),
  );
  try {
    await withDeadline(clock, DEADLINE_MS, stopping, (signal) => notifier.deliver(delivery.notification, signal));
  } catch (error) {
    // Cut short by our own end, it says nothing about the channel.
    if (stopping.aborted) return;
    const isLast = attempts >= MAX_ATTEMPTS;
    const lastError = messageOf(error);
    const at = clock.now().wallMs;
    const event = givenUp(delivery, lastError);
    store.transaction((writes) => {
      writes.endDelivery(delivery, { lastError, failedAt: isLast ? at : null });
      if (isLast) writes.recordEvent(event, at);
    });
    trace({ trace: 'Notified', kind, channel, result: isLast ? 'given_up' : 'error', error });
    if (isLast) trace({ trace: 'EventRecorded', event });
    return;
  }
  store.transaction((writes) => writes.endDelivery(delivery, { deliveredAt: clock.now().wallMs }));
  trace({ trace: 'Notified', kind, channel, result: 'success' });
};
