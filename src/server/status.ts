import { UserError } from '../api/errors.ts';
import { Unreadable } from '../api/ports/store.ts';
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
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  421: 'MisdirectedRequest',
  503: 'ServiceUnavailable',
};

/** A request that is refused, with the HTTP status that says why. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const failure = (code: number, message: string): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message,
  reason: REASONS[code] ?? 'InternalError',
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
  if (error instanceof Refused) return failure(error.code, error.message);
  if (error instanceof NotFound) return failure(404, error.message);
  if (error instanceof UserError) return failure(400, error.message);
  if (error instanceof Unreadable) return failure(500, error.message);
  // express and its body parser mark the client's faults with a status below 500.
  const code = error instanceof Error && 'status' in error ? error.status : null;
  return typeof code === 'number' && code >= 400 && code < 500 ? failure(code, (error as Error).message) : null;
};
