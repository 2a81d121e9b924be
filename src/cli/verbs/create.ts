import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { splitManifests } from '../../adapters/manifests/split.ts';
import { UserError } from '../../api/errors.ts';
import { API_VERSION, RestartPolicy } from '../../api/manifest.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { filesNaming, openManifests } from '../manifest-directory.ts';
import { projectName } from '../names.ts';
import { collect, dryRunOption } from '../options.ts';
import { objectText } from '../output/format.ts';
import { writeManifests } from './apply.ts';

interface Options {
  readonly path?: string;
  readonly window?: readonly string[];
  readonly env?: readonly string[];
  readonly label?: readonly string[];
  readonly queue?: string;
  readonly restartPolicy?: string;
  readonly dryRun?: true;
  readonly output?: 'json' | 'yaml';
}

export const createCommand = (act: Act): Command =>
  new Command('create')
    .description('declare a Project from a command')
    .argument('<name>', 'the Project')
    .argument('<command...>', 'after --: what its primary window runs; one word is run by the shell')
    .option('--path <dir>', 'the working directory (default: this one)')
    .option('--window <name=command>', 'one more window beside it; many may be given', collect)
    .option('--env <name=value>', 'an environment variable; many may be given', collect)
    .option('--label <key=value>', 'a label; many may be given', collect)
    .option('--queue <name>', 'the queue it waits in')
    .addOption(new Option('--restart-policy <policy>', 'when it ends').choices(RestartPolicy.options))
    .addOption(
      new Option('-o, --output <format>', 'print the manifest instead of writing it').choices(['json', 'yaml']),
    )
    .addOption(dryRunOption())
    .action(act(create));

const create = async (context: Context, word: string, command: readonly string[], options: Options): Promise<void> => {
  const name = projectName(word);
  const manifest = manifestOf(context, name, command, options);
  const singles = splitManifests(`${JSON.stringify(manifest, null, 2)}\n`, resolve(context.io.cwd, '<create>'));
  if (options.output !== undefined) {
    context.print(objectText(manifest, options.output));
    return;
  }
  const [taken] = filesNaming(await openManifests(context, { make: false }), name);
  if (taken !== undefined)
    throw new UserError(`project "${name}" is declared already, in ${taken}; use apply to change it`);
  await writeManifests(context, singles, options.dryRun === true);
};

const manifestOf = ({ io }: Context, name: string, command: readonly string[], options: Options): object => {
  const labels = pairs('--label', options.label);
  const env = pairs('--env', options.env);
  const others = pairs('--window', options.window);
  return {
    apiVersion: API_VERSION,
    kind: 'Project',
    metadata: { name, ...(labels && { labels }) },
    spec: {
      path: resolve(io.cwd, options.path ?? '.'),
      ...(options.queue !== undefined && { queue: options.queue }),
      ...(options.restartPolicy !== undefined && { restartPolicy: options.restartPolicy }),
      session: {
        ...(env && { env }),
        windows: [
          // As tmux has it: one word is for the shell, several are run as they stand.
          { name: 'main', command: command.length === 1 ? command[0] : command },
          ...Object.entries(others ?? {}).map(([window, run]) => ({ name: window, command: run })),
        ],
      },
    },
  };
};

/** NAME=VALUE texts as an object; undefined when there are none. */
const pairs = (flag: string, texts: readonly string[] | undefined): Record<string, string> | undefined =>
  texts &&
  Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UserError(`${flag}: must be NAME=VALUE, not "${text}"`, 2);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
