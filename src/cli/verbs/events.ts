import { Command, Option } from 'commander';
import type { Event } from '../../api/event.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { eventsAbout } from '../kinds/event.ts';
import { projectName } from '../names.ts';
import { collect, outputOption } from '../options.ts';
import { spanOf } from '../output/duration.ts';
import { show, type ShowOptions } from '../show.ts';

interface Options extends ShowOptions {
  readonly type?: Event['type'];
  readonly reason?: readonly string[];
  readonly since?: string;
}

export const eventsCommand = (act: Act): Command =>
  new Command('events')
    .description('what happened, to one Project or to all')
    .argument('[name]', 'the Project; everything if not given')
    .addOption(outputOption())
    .option('-w, --watch', 'go on, and print what happens; -o json prints one a line')
    .addOption(new Option('--type <type>', 'only these').choices(['Normal', 'Warning']))
    .option('--reason <reason>', 'only events of this reason; many may be given', collect)
    .option('--since <span>', 'only what happened in the last 30s, 5m, 1h')
    .action(act(events));

const events = (context: Context, name: string | undefined, options: Options): Promise<number> => {
  const { type, reason, since } = options;
  const wanted = {
    ...(name !== undefined && { object: `Project/${projectName(name)}` }),
    ...(type !== undefined && { type }),
    ...(reason !== undefined && { reasons: reason }),
    ...(since !== undefined && { since: context.io.now() - spanOf('--since', since) }),
  };
  return show(context, eventsAbout(wanted), [], options);
};
