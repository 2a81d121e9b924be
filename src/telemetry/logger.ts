import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { prettyLines } from './pretty-lines.ts';

export interface LoggerOptions {
  readonly level: LevelWithSilent;
  /** For people: one line of words instead of one of JSON. */
  readonly pretty: boolean;
  readonly destination: DestinationStream;
}

/** Lines of JSON with the level as a word and the time as RFC 3339, or lines for people. */
export const createLogger = ({ level, pretty, destination }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pretty ? prettyLines(destination) : destination,
  );
