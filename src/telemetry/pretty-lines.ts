import type { DestinationStream } from 'pino';

/** What every line of the logger has; all else is a field of its own. */
interface Line extends Readonly<Record<string, unknown>> {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
}

/** Writes each line of JSON as a line for people, in local time: `15:04:05 web Started: session web (attempt 1)`. */
export const prettyLines = (destination: DestinationStream): DestinationStream => ({
  write: (json) => {
    // Lines come from the logger alone, which writes nothing but these.
    const line = JSON.parse(json) as Line;
    const severity = line.level === 'info' ? '' : `${line.level} `;
    destination.write(`${new Date(line.time).toTimeString().slice(0, 8)} ${severity}${sentence(line)}\n`);
  },
});

/** The two that make up most of the log read as sentences; the others show their fields, but those for programs. */
const sentence = ({ level: _, time: __, reconcileId: ___, controller: ____, msg, ...fields }: Line): string => {
  const text = (name: string): string => String(fields[name]);
  if (msg === 'event') return `${text('object').replace(/^Project\//, '')} ${text('reason')}: ${text('message')}`;
  if (msg === 'phase changed') return `${text('project')} ${text('from')} -> ${text('to')} (${text('rule')})`;
  return [msg, ...Object.entries(fields).map(([key, value]) => `${key}=${word(value)}`)].join(' ');
};

/** Quoted where spaces or quotes would blur where it ends. */
const word = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
