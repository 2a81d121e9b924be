import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { isRead } from './method.ts';
import { Refused } from './status.ts';

/**
 * Only requests that mean us: a web page that had its name resolved to our address (DNS rebinding) sends its own
 * name as Host, and a page elsewhere sends its own Origin, or its browser says that it is one.
 */
export const demandOwnHost = (hosts: readonly string[]): RequestHandler => {
  const own = new Set(['localhost', ...hosts.map((host) => host.toLowerCase())]);
  return (request, _response, next) => {
    const authority = request.headers.host ?? '';
    const name = URL.parse(`http://${authority}`)?.hostname ?? '';
    // An address cannot be rebound, a name can.
    if (!own.has(name) && isIP(name.replace(/^\[|\]$/g, '')) === 0) {
      throw new Refused(
        421,
        `this server is not "${authority}"; ask for localhost or its address, or see --allowed-hosts`,
      );
    }
    const { origin } = request.headers;
    if (origin !== undefined && origin !== `http://${authority}` && origin !== `https://${authority}`) {
      throw new Refused(403, `pages of ${origin} may not ask this server`);
    }
    const site = request.get('Sec-Fetch-Site') ?? 'none';
    // A link that leads here is for people to follow.
    const isFollowed = request.method === 'GET' && request.get('Sec-Fetch-Mode') === 'navigate';
    if (site !== 'same-origin' && site !== 'none' && !isFollowed) {
      throw new Refused(403, 'pages of other sites may not ask this server');
    }
    next();
  };
};

/** A form or a script of another site cannot send this type without asking first. */
export const demandJson: RequestHandler = (request, _response, next) => {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (!isRead(request.method) && type !== 'application/json') {
    throw new Refused(415, `Content-Type must be application/json, not ${type ?? 'missing'}`);
  }
  next();
};

const NONE = ["'none'"];
const SELF = ["'self'"];

/** Nothing here is to be framed, sniffed, or to load anything that is not ours. */
export const safeHeaders = (): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: NONE,
        scriptSrc: SELF,
        styleSrc: SELF,
        imgSrc: SELF,
        connectSrc: SELF,
        baseUri: NONE,
        // The status page's filter is a form that asks by GET; what changes something takes no form.
        formAction: SELF,
        frameAncestors: NONE,
      },
    },
    // It is spoken to in plain HTTP; who puts TLS before it, promises it there.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  });

/** What is true now is not true later; what never changes says so itself. */
export const neverStored: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};
