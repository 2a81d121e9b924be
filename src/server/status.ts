import { UserError } from '../api/errors.ts';
import { Unreadable } from '../api/ports/store.ts';
import { visible } from '../api/visible.ts';
import { NotFound } from './views/views.ts';

/** Kubernetes' Status object: how a request ended. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly status: 'Success' | 'Failure';
  readonly message: string;
  /** UpperCamelCase, for machines. */
  readonly reason: string;
  /** The HTTP status. */
  readonly code: number;
  /** Only where there is something to say. */
  readonly details?: { readonly retryAfterSeconds: number } | undefined;
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  408: 'Timeout',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  421: 'MisdirectedRequest',
  429: 'TooManyRequests',
  431: 'RequestHeaderFieldsTooLarge',
  503: 'ServiceUnavailable',
};

/** A request that is refused, with the HTTP status that says why. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: number;
  /** When it is worth another try. */
  readonly retryAfterSeconds: number | null;

  constructor(code: number, message: string, retryAfterSeconds: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const failure = (code: number, message: string): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  // It may quote the request, and is shown on terminals.
  message: visible(message),
  reason: REASONS[code] ?? (code < 500 ? 'BadRequest' : 'InternalError'),
  code,
});

export const success = (code: number, message: string): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Success',
  message,
  reason: '',
  code,
});

/** What a thrown error tells the client; null for one that is ours to mend and nobody's to read. */
export const statusOf = (error: unknown): Status | null => {
  if (error instanceof Refused) return refusal(error);
  if (error instanceof NotFound) return failure(404, error.message);
  if (error instanceof UserError) return failure(400, error.message);
  if (error instanceof Unreadable) return failure(500, error.message);
  // express and its body parser mark the client's faults with a status below 500.
  const code = error instanceof Error && 'status' in error ? error.status : null;
  return typeof code === 'number' && code >= 400 && code < 500 ? failure(code, wordsOf(error as Error)) : null;
};

const refusal = ({ code, message, retryAfterSeconds }: Refused): Status => ({
  ...failure(code, message),
  ...(retryAfterSeconds !== null && { details: { retryAfterSeconds } }),
});

/** The body parser only passes on what JSON.parse said. */
const wordsOf = (error: Error): string =>
  error instanceof SyntaxError ? `the body is not JSON: ${error.message}` : error.message;
