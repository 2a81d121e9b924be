import { Argument, Command } from 'commander';
import { UserError } from '../../api/errors.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';

export const alertCommand = (act: Act): Command =>
  new Command('alert')
    .description('send a test message through every channel of the controller, and say how each took it')
    .addArgument(new Argument('<what>', 'test').choices(['test']))
    .action(act((context) => test(context)));

const test = async (context: Context): Promise<number> => {
  const results = await (await context.client()).testAlerts();
  if (results.length === 0) {
    throw new UserError('the controller has no channel: the section "alerts" of its config file names them');
  }
  for (const { channel, error } of results) {
    if (error === null) context.print(`${channel} delivered`);
    else context.say(`error: ${channel}: ${error}`);
  }
  return results.some(({ error }) => error !== null) ? 1 : 0;
};
