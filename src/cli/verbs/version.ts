import { Command, Option } from 'commander';
import { VERSION } from '../../version.ts';
import type { Act } from '../act.ts';
import { objectText } from '../output/format.ts';

interface Options {
  readonly output?: 'json' | 'yaml';
}

export const versionCommand = (act: Act): Command =>
  new Command('version')
    .description('the version of this program, and of the controller if one runs')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['json', 'yaml']))
    .action(
      act(async (context, { output }: Options) => {
        const client = await context.client();
        const controller = client.live ? (await client.controller()).version : null;
        if (output !== undefined) context.print(objectText({ client: VERSION, controller }, output));
        else context.print(`client:     ${VERSION}\ncontroller: ${controller ?? 'not running'}`);
      }),
    );
