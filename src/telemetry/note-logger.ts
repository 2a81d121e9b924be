import type { Logger } from 'pino';
import type { Note } from '../api/note.ts';
import { maskSecrets } from './mask-secrets.ts';

/** Writes what adapters note, their texts masked. */
export const noteLogger =
  (logger: Logger): Note =>
  (level, message, fields) => {
    const masked = Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? maskSecrets(value) : value,
    ]);
    logger[level](Object.fromEntries(masked), message);
  };
