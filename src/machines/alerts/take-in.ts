import type { Alert, AlertSettings } from '../../api/alert.ts';
import type { Event } from '../../api/event.ts';
import type { Now } from '../../api/time.ts';
import { severityOf } from './reasons.ts';

export const keyOf = ({ reason, object }: Pick<Alert, 'reason' | 'object'>): string => `${reason} ${object}`;

/** Adds events, in the order in which they happened, to what is known; returns what changed, by key. */
export const takeIn = (
  events: readonly Event[],
  known: ReadonlyMap<string, Alert>,
  settings: AlertSettings,
  now: Now,
): ReadonlyMap<string, Alert> => {
  const changed = new Map<string, Alert>();
  for (const event of events) {
    const severity = severityOf(event, settings);
    if (severity === null) continue;
    const key = keyOf(event);
    const before = changed.get(key) ?? known.get(key);
    const seen = before?.eventId === event.id ? before.eventCount : 0;
    if (event.count <= seen) continue;
    const pending = before?.pending;
    changed.set(key, {
      reason: event.reason,
      object: event.object,
      eventId: event.id,
      eventCount: event.count,
      pending: {
        severity,
        message: event.message,
        times: (pending?.times ?? 0) + event.count - seen,
        // Of a repeat only the last time is known, and the first times have been told.
        firstAt: pending?.firstAt ?? (seen === 0 ? event.firstAt : event.lastAt),
        lastAt: event.lastAt,
        since: pending?.since ?? now,
      },
      toldAt: before?.toldAt ?? null,
    });
  }
  return changed;
};
