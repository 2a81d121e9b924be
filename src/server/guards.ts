import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { Refused } from './status.ts';

/**
 * Only requests that mean us: a web page that had its name resolved to our address (DNS rebinding) sends its own
 * name as Host, and a page elsewhere sends its own Origin.
 */
export const demandOwnHost =
  (host: string): RequestHandler =>
  (request, _response, next) => {
    const authority = request.headers.host ?? '';
    const name = URL.parse(`http://${authority}`)?.hostname ?? '';
    // An address cannot be rebound, a name can.
    const own = name === 'localhost' || name === host.toLowerCase() || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
    if (!own) throw new Refused(421, `this server is not "${authority}"; ask for localhost or its address`);
    const { origin } = request.headers;
    if (origin !== undefined && origin !== `http://${authority}`) {
      throw new Refused(403, `pages of ${origin} may not ask this server`);
    }
    next();
  };

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

export const refuseWrites: RequestHandler = (request, _response, next) => {
  if (!isRead(request.method)) {
    throw new Refused(403, 'this address is for reading; changes are made over the unix socket in the state directory');
  }
  next();
};

/** A form or a script of another site cannot send this type without asking first. */
export const demandJson: RequestHandler = (request, _response, next) => {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (!isRead(request.method) && type !== 'application/json') {
    throw new Refused(415, `Content-Type must be application/json, not ${type ?? 'missing'}`);
  }
  next();
};

/** Nothing here is to be framed, sniffed, cached, or to load anything. */
export const setSafeHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};
