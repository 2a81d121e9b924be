import type { Alert, PendingAlert, Severity } from '../../api/alert.ts';
import type { Notification, NotifiedEvent } from '../../api/ports/notifier.ts';
import { secondText } from '../../api/time.ts';

/** An alert that has something to tell. */
export type OpenAlert = Alert & { readonly pending: PendingAlert };

/** More than so many are told by reason, each with how many objects it is about. */
const MOST_LINES = 20;
/** Objects named of each reason in a summary. */
const NAMED_OBJECTS = 5;
/** Events given to programs. */
const MOST_EVENTS = 100;
/** The newest lines of an error are the telling ones, but a subject or a paragraph must end. */
const SUBJECT_LENGTH = 150;
const MESSAGE_LENGTH = 1000;

const ORDER: readonly Severity[] = ['critical', 'warning', 'info'];

export interface Letterhead {
  readonly id: string;
  readonly host: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** One message about all of these, the most pressing first. */
export const compose = (alerts: readonly OpenAlert[], { id, host, createdAt }: Letterhead): Notification => {
  const events = alerts.map(eventOf).sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  const blocks = events.length > MOST_LINES ? summary(events) : events.map(paragraph);
  return {
    id,
    subject: oneLine(`[tmuxlet ${host}] ${headline(events)}`, SUBJECT_LENGTH),
    text: `${[...blocks, 'More: tmuxlet events, tmuxlet get projects'].join('\n\n')}\n`,
    events: events.slice(0, MOST_EVENTS),
    createdAt,
  };
};

const eventOf = ({ reason, object, pending: { severity, message, times, firstAt, lastAt } }: OpenAlert) => ({
  severity,
  reason,
  object: oneLine(object, SUBJECT_LENGTH),
  message: cleanLines(message),
  times,
  firstAt,
  lastAt,
});

const headline = (events: readonly NotifiedEvent[]): string => {
  const [first, ...others] = events;
  if (first === undefined || others.length === 0) return `${first?.reason}: ${first?.object}`;
  const reasons = [...Map.groupBy(events, ({ reason }) => reason)].map(
    ([reason, { length }]) => `${reason} (${length})`,
  );
  return `${events.length} alerts: ${reasons.join(', ')}`;
};

const paragraph = ({ severity, reason, object, message, times, firstAt, lastAt }: NotifiedEvent): string => {
  const when = times > 1 ? `${times} times from ${secondText(firstAt)} to ${secondText(lastAt)}` : secondText(lastAt);
  const lines = [...message.split('\n'), when].map((line) => `  ${line}`);
  return [`${severity.toUpperCase()} ${reason} ${object}`, ...lines].join('\n');
};

const summary = (events: readonly NotifiedEvent[]): readonly string[] =>
  [...Map.groupBy(events, ({ reason }) => reason)].map(([reason, those]) => {
    const objects = those.slice(0, NAMED_OBJECTS).map(({ object }) => object);
    const rest = those.length > objects.length ? ` and ${those.length - objects.length} more` : '';
    const times = those.reduce((sum, each) => sum + each.times, 0);
    const [{ severity, message } = { severity: 'warning', message: '' }] = those;
    return [
      `${severity.toUpperCase()} ${reason}, ${times} times, about ${those.length} objects`,
      `  ${objects.join(', ')}${rest}`,
      `  such as: ${oneLine(message, SUBJECT_LENGTH)}`,
    ].join('\n');
  });

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** Line ends and other control characters would begin another header, or move a terminal's cursor. */
const oneLine = (text: string, length: number): string =>
  cut(text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(), length);

/** As lines of a message: of control characters only line ends stay. */
const cleanLines = (text: string): string =>
  cut(text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n').replaceAll(/(?!\n)\p{Cc}+/gu, ' '), MESSAGE_LENGTH);
