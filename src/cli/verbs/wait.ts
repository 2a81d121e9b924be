import { Command } from 'commander';
import { UserError } from '../../api/errors.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { parseGoal } from '../goal.ts';
import { projectName } from '../names.ts';
import { spanOf } from '../output/duration.ts';
import { waitUntil } from '../wait-until.ts';

interface Options {
  readonly for: string;
  readonly timeout: string;
  readonly all?: true;
}

export const waitCommand = (act: Act): Command =>
  new Command('wait')
    .description('wait until Projects have reached something')
    .argument('[name...]', 'Projects; one that is not there yet is waited for')
    .requiredOption('--for <what>', 'condition=TYPE[=STATUS], phase=PHASE or delete')
    .option('--timeout <span>', 'how long: 30s, 5m, 1h', '30s')
    .option('--all', 'every Project there is now')
    .action(act(wait));

const wait = async (context: Context, words: readonly string[], options: Options): Promise<number> => {
  const goal = parseGoal(options.for);
  const timeout = AbortSignal.timeout(spanOf('--timeout', options.timeout));
  if (words.length > 0 === (options.all === true)) throw new UserError('name the Projects to wait for, or --all', 2);
  const client = await context.client();
  const names = options.all
    ? (await client.projects()).items.map(({ metadata }) => metadata.name)
    : words.map(projectName);
  const signal = AbortSignal.any([context.io.signal, timeout]);
  const laggards = await waitUntil(client, names, goal, signal, (name) => {
    context.print(`project/${name} ${options.for === 'delete' ? 'deleted' : 'condition met'}`);
  });
  for (const { name, project } of laggards) {
    const now = project === null ? 'not found' : `${project.status.phase} (${project.status.reason})`;
    context.say(`error: timed out waiting for ${options.for} on project/${name}: it is ${now}`);
  }
  return laggards.length > 0 ? 1 : 0;
};
