import { Command, Option } from 'commander';
import type { PlannedAction } from '../../server/control.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { manifestPath } from '../manifest-directory.ts';
import { objectText } from '../output/format.ts';
import { tableText } from '../output/table.ts';

interface Options {
  readonly output?: 'json' | 'yaml';
}

export const planCommand = (act: Act): Command =>
  new Command('plan')
    .description('what the next passes would do, and why; nothing is done')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['json', 'yaml']))
    .action(act(plan));

const plan = async (context: Context, { output }: Options): Promise<void> => {
  const planned = await ask(context);
  if (output !== undefined) context.print(objectText(planned, output));
  else if (planned.length === 0) context.say('nothing to do');
  else {
    const rows = planned.map(({ project, action, rule, message }) => [project, action ?? '-', rule, message]);
    context.print(tableText([['PROJECT', 'ACTION', 'RULE', 'WHY'], ...rows]));
  }
};

const ask = async (context: Context): Promise<readonly PlannedAction[]> => {
  const client = await context.client();
  if (client.live) return client.plan();
  const { planOnce } = await import('../../main.ts');
  return planOnce({ ...context.config, manifests: await manifestPath(context) }, context.io.env);
};
