import { isIP } from 'node:net';

/** Does this host name this machine, so that nothing said to it leaves it? */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
