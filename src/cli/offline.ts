import type { Client } from '../server/client.ts';
import type { Context } from './context.ts';

/** What is shown without a controller may have changed since: nobody looks. */
export const warnIfOffline = (context: Context, client: Client): void => {
  if (!client.live) context.say('warning: no controller is running; this is how the last one left things');
};
