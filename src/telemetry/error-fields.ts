import { messageOf } from '../api/errors.ts';
import { maskSecrets } from './mask-secrets.ts';

/** What every line about an error says of it, under the same names everywhere. */
export interface ErrorFields {
  readonly error: string;
  /** The error's class, as `TmuxError`. */
  readonly errorType?: string;
  /** The system's or SQLite's word for it, as `ENOENT`. */
  readonly errorCode?: string;
  readonly stack?: string;
}

/** The fields of an error, texts masked; where it came from only for who debugs. */
export const errorFields = (error: unknown, withStack: boolean): ErrorFields => ({
  error: maskSecrets(messageOf(error)),
  ...(error instanceof Error && {
    errorType: error.name,
    ...('code' in error && typeof error.code === 'string' && { errorCode: error.code }),
    ...(withStack && { stack: maskSecrets(error.stack ?? '') }),
  }),
});
