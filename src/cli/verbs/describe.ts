import { Command, Option } from 'commander';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { projectName } from '../names.ts';
import { warnIfOffline } from '../offline.ts';
import { descriptionText } from '../output/description.ts';
import { objectText } from '../output/format.ts';

interface Options {
  readonly output?: 'json' | 'yaml';
}

export const describeCommand = (act: Act): Command =>
  new Command('describe')
    .description('the whole story of a Project: spec, conditions, attempts, last lines, events')
    .argument('<name...>', 'Projects')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['json', 'yaml']))
    .action(act(describe));

const describe = async (context: Context, names: readonly string[], { output }: Options): Promise<void> => {
  const client = await context.client();
  const stories = [];
  for (const name of names.filter((word, index) => index > 0 || !KIND_WORDS.includes(word) || names.length === 1)) {
    stories.push(await client.describe(projectName(name)));
  }
  warnIfOffline(context, client);
  for (const [index, story] of stories.entries()) {
    if (output !== undefined) context.print(objectText(story, output));
    else context.print(`${index > 0 ? '\n' : ''}${descriptionText(story, context.io.now(), context.paint)}`);
  }
};

/** `describe project web`, as kubectl's users type it. */
const KIND_WORDS = ['project', 'projects', 'proj'];
