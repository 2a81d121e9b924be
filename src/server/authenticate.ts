import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { isRead } from './method.ts';
import { Refused } from './status.ts';
import type { Token } from './token.ts';

export interface AuthenticationOptions {
  /** Null: nothing can be changed here. */
  readonly token: Token | null;
  /** Whoever reads must show it too; all but the probes. */
  readonly readsNeedToken: boolean;
  /** Told of what is the operator's to mend. */
  readonly onError: (error: unknown) => void;
}

const PROBES = ['/livez', '/readyz', '/healthz'];
/** Wrong tokens from one address in a minute; the right one is always taken. */
const MAX_FAILURES = 10;
const WINDOW_MS = 60_000;

/** Over TCP: who reads may, who changes something must show the token. */
export const authenticate = ({ token, readsNeedToken, onError }: AuthenticationOptions): RequestHandler => {
  const countFailure = rateLimit({
    windowMs: WINDOW_MS,
    limit: MAX_FAILURES,
    standardHeaders: false,
    legacyHeaders: false,
    // It would warn of headers that anybody may send.
    validate: false,
    handler: (_request, _response, next) =>
      next(new Refused(429, 'too many wrong tokens; wait a minute', WINDOW_MS / 1000)),
  });
  return (request, response, next) => {
    if (isRead(request.method) && (!readsNeedToken || PROBES.includes(request.path))) {
      next();
      return;
    }
    if (token === null) {
      throw new Refused(
        403,
        'this address is for reading; changes are made over the unix socket in the state directory, or with a token (see --token-file)',
      );
    }
    const shown = /^Bearer +(\S+) *$/i.exec(request.get('Authorization') ?? '')?.[1];
    response.set('WWW-Authenticate', 'Bearer realm="tmuxlet"');
    if (shown === undefined)
      throw new Refused(401, 'show the token: Authorization: Bearer TOKEN (the command line: --token-file FILE)');
    if (isRight(token, shown)) {
      response.removeHeader('WWW-Authenticate');
      next();
      return;
    }
    return countFailure(request, response, (error?: unknown) =>
      next(error ?? new Refused(401, 'this is not the token')),
    );
  };

  function isRight(token: Token, shown: string): boolean {
    try {
      return token.matches(shown);
    } catch (error) {
      onError(error);
      throw new Refused(503, 'the token cannot be checked; the log of the controller tells why');
    }
  }
};
