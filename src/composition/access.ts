import { isIPv4 } from 'node:net';
import { UserError } from '../api/errors.ts';
import type { Note } from '../api/note.ts';
import type { Config } from '../config.ts';
import type { ServerOptions } from '../server/server.ts';
import { makeToken, openToken } from '../server/token.ts';

type Access = Required<Pick<ServerOptions, 'token' | 'readsNeedToken' | 'allowedHosts'>>;

/**
 * Who may do what over TCP. A token file that is not there is made.
 * @throws UserError when the settings would open more than they say
 */
export const openAccess = (config: Config, note: Note): Access => {
  const { listen, allowRemote, allowedHosts, tokenFile, readsNeedToken, dryRun } = config;
  const isOpen = !isLoopback(listen.host);
  if (isOpen && !allowRemote) {
    throw new UserError(
      `--listen ${listen.host}: other machines reach this address, and may read what the controller knows; ` +
        'if that is wanted give --allow-remote, and --reads-need-token with --token-file FILE to let only some of them',
      2,
    );
  }
  if (readsNeedToken && tokenFile === null)
    throw new UserError('--reads-need-token: give --token-file FILE as well', 2);
  if (tokenFile !== null && !dryRun && makeToken(tokenFile)) note('info', 'token file made', { file: tokenFile });
  const token = tokenFile === null ? null : openToken(tokenFile);
  if (isOpen && !readsNeedToken) note('warn', 'readable by whoever reaches it', { host: listen.host });
  return { token, readsNeedToken, allowedHosts };
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
