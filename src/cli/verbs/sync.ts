import { Command, Option } from 'commander';
import type { Mismatch, Severity, StateReport } from '../../api/mismatch.ts';
import type { Act } from '../act.ts';
import type { Context, Paint } from '../context.ts';
import { manifestPath } from '../manifest-directory.ts';
import { dryRunOption } from '../options.ts';
import { objectText } from '../output/format.ts';
import { tableText } from '../output/table.ts';

interface Options {
  readonly output?: 'json' | 'yaml';
  readonly dryRun?: boolean;
}

export const syncCommand = (act: Act): Command =>
  new Command('sync')
    .description('compare rows, sessions, state files and manifests now, have mended what disagrees, and say what did')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['json', 'yaml']))
    .addOption(dryRunOption())
    .action(act(sync));

const sync = async (context: Context, { output, dryRun = false }: Options): Promise<void> => {
  const report = await ask(context, dryRun);
  if (output !== undefined) context.print(objectText(report, output));
  else show(context, report);
};

/** Without a controller there is nobody to mend anything: it is only compared, as with `--dry-run`. */
const ask = async (context: Context, dryRun: boolean): Promise<StateReport> => {
  const client = await context.client();
  if (client.live) return client.sync(dryRun);
  const { compareAlone } = await import('../../main.ts');
  return compareAlone({ ...context.config, manifests: await manifestPath(context) }, context.io.env);
};

const show = ({ print, say, paint }: Context, { items, skipped, mending }: StateReport): void => {
  for (const { source, reason } of skipped) say(`warning: ${source} not compared: ${reason}`);
  if (items.length === 0) {
    say(skipped.length === 0 ? 'all records agree' : 'what could be compared agrees');
    return;
  }
  const rows = items.map((item) => rowOf(item, paint));
  print(tableText([['TYPE', 'SEVERITY', 'SUBJECT', 'DECISION', 'MESSAGE'], ...rows]));
  if (!mending) say('nothing was mended');
};

const colours: Readonly<Record<Severity, keyof Pick<Paint, 'dim' | 'yellow' | 'red'>>> = {
  Info: 'dim',
  Warning: 'yellow',
  Critical: 'red',
};

const rowOf = ({ type, severity, subject, decision, message }: Mismatch, paint: Paint): readonly string[] => [
  type,
  paint[colours[severity]](severity),
  subject,
  decision,
  message,
];
