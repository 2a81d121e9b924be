import type { Alert, AlertSettings } from '../../api/alert.ts';
import type { Event } from '../../api/event.ts';
import type { Notification } from '../../api/ports/notifier.ts';
import { elapsedMs, type Now, remainingMs } from '../../api/time.ts';
import { compose, type OpenAlert } from './compose.ts';
import { keyOf, takeIn } from './take-in.ts';

const HOUR_MS = 3_600_000;

export interface AlertCase {
  /** What happened since the last look, oldest first. */
  readonly events: readonly Event[];
  /** What is remembered of the reasons and objects of these events, and of all that has not been told. */
  readonly alerts: readonly Alert[];
  /** When the newest messages were made, of the last hour at least. */
  readonly sent: readonly Now[];
  readonly settings: AlertSettings;
  readonly now: Now;
  /** For the next message. */
  readonly id: string;
}

export interface AlertPlan {
  /** What of the memory changes. */
  readonly alerts: readonly Alert[];
  readonly sent: readonly Now[];
  /** Null when there is nothing to tell yet. */
  readonly notification: Notification | null;
  /** When something may be due; null when nothing is pending. */
  readonly requeueAfterMs: number | null;
}

/**
 * Gathers events into messages. Each reason about an object is told once in a cool-down, what comes close together
 * goes out together, and no more than so many messages an hour; whatever has to wait is counted and told later.
 */
export const planNotifications = ({ events, alerts, sent, settings, now, id }: AlertCase): AlertPlan => {
  const known = new Map(alerts.map((alert) => [keyOf(alert), alert]));
  const changed = takeIn(events, known, settings, now);
  const open = [...new Map([...known, ...changed]).values()].filter(isOpen);
  const ofThisHour = sent.filter((at) => elapsedMs(at, now) < HOUR_MS);
  const due = open.filter((alert) => cooldownLeft(alert, settings, now) === 0);
  const isRipe = due.some((alert) => digestLeft(alert, settings, now) === 0);
  if (!isRipe || ofThisHour.length >= settings.maxPerHour) {
    const waits = open.map((alert) => waitOf(alert, settings, now));
    const roomMs = untilRoom(ofThisHour, settings, now);
    const requeueAfterMs = open.length === 0 ? null : Math.max(roomMs, Math.min(...waits));
    return { alerts: [...changed.values()], sent, notification: null, requeueAfterMs };
  }
  const told = new Map(due.map((alert) => [keyOf(alert), { ...alert, pending: null, toldAt: now }]));
  return {
    alerts: [...new Map([...changed, ...told]).values()],
    sent: [...ofThisHour, now],
    notification: compose(due, { id, host: settings.host, createdAt: now.wallMs }),
    requeueAfterMs: open.length > due.length ? 0 : null,
  };
};

const isOpen = (alert: Alert): alert is OpenAlert => alert.pending !== null;

const cooldownLeft = ({ toldAt }: Alert, { cooldownMs }: AlertSettings, now: Now): number =>
  remainingMs(toldAt && { since: toldAt, forMs: cooldownMs }, now);

const digestLeft = ({ pending }: OpenAlert, { digestMs }: AlertSettings, now: Now): number =>
  remainingMs({ since: pending.since, forMs: digestMs }, now);

const waitOf = (alert: OpenAlert, settings: AlertSettings, now: Now): number =>
  Math.max(cooldownLeft(alert, settings, now), digestLeft(alert, settings, now));

/** Milliseconds until the hour holds fewer messages than it may. */
const untilRoom = (ofThisHour: readonly Now[], { maxPerHour }: AlertSettings, now: Now): number => {
  const waits = ofThisHour.map((since) => remainingMs({ since, forMs: HOUR_MS }, now)).sort((a, b) => b - a);
  return waits[maxPerHour - 1] ?? 0;
};
