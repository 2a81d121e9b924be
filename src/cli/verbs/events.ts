import { Command } from 'commander';
import type { Act } from '../act.ts';
import { eventsAbout } from '../kinds/event.ts';
import { projectName } from '../names.ts';
import { outputOption } from '../options.ts';
import { show, type ShowOptions } from '../show.ts';

export const eventsCommand = (act: Act): Command =>
  new Command('events')
    .description('what happened, to one Project or to all')
    .argument('[name]', 'the Project; everything if not given')
    .addOption(outputOption())
    .option('-w, --watch', 'go on, and print what happens')
    .action(
      act(async (context, name: string | undefined, options: ShowOptions) =>
        show(context, eventsAbout(name === undefined ? undefined : `Project/${projectName(name)}`), [], options),
      ),
    );
