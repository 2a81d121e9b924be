import type { DestinationStream } from 'pino';

/** What every line of the logger has; all else is a field of its own. */
interface Line extends Readonly<Record<string, unknown>> {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
}

/** Writes each line of JSON as `15:04:05 warn  event  object=Project/web reason=Stalled …`, in UTC. */
export const prettyLines = (destination: DestinationStream): DestinationStream => ({
  write: (json) => {
    // Lines come from the logger alone, which writes nothing but these.
    const { level, time, msg, ...fields } = JSON.parse(json) as Line;
    const words = Object.entries(fields).map(([key, value]) => `${key}=${word(value)}`);
    destination.write(`${[time.slice(11, 19), level.padEnd(5), msg, ...words].join(' ')}\n`);
  },
});

/** Quoted where spaces or quotes would blur where it ends. */
const word = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
