import type { IRoute, RequestHandler } from 'express';
import { Refused } from './status.ts';

export const isRead = (method: string): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

/** The last handler of a route: what it knows no handler for is answered with what it knows. */
export const otherMethods: RequestHandler = (request, response) => {
  const known = Object.keys((request.route as IRoute & { methods: object }).methods).filter((name) => name !== '_all');
  const allowed = known.flatMap((name) => (name === 'get' ? ['GET', 'HEAD'] : [name.toUpperCase()]));
  response.set('Allow', allowed.join(', '));
  throw new Refused(
    405,
    `${request.method} is not for ${request.baseUrl}${request.path}; it takes ${allowed.join(', ')}`,
  );
};
