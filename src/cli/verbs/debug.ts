import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { manifestPath } from '../manifest-directory.ts';

interface Options {
  readonly log?: string;
}

export const debugCommand = (act: Act): Command =>
  new Command('debug')
    .description('what helps to find a mistake of tmuxlet')
    .addCommand(
      new Command('bundle')
        .description('pack what a report of a bug needs into one file, secrets hidden')
        .argument('[file]', 'the file to make; tmuxlet-debug-TIME.tar.gz if not given')
        .option('--log <file>', "the end of the controller's log is packed as well")
        .action(act(bundle)),
    );

const bundle = async (context: Context, target: string | undefined, { log }: Options): Promise<void> => {
  const { config, io, print, say } = context;
  const manifests = await manifestPath(context).catch(() => config.manifests);
  const time = new Date(io.now()).toISOString().slice(0, 19).replaceAll(':', '-');
  const file = resolve(io.cwd, target ?? `tmuxlet-debug-${time}Z.tar.gz`);
  const { makeBundle } = await import('../../main.ts');
  const { missing } = await makeBundle(
    {
      config: { ...config, manifests },
      env: io.env,
      client: await context.client(),
      log: log === undefined ? null : resolve(io.cwd, log),
    },
    file,
  );
  for (const line of missing) say(`warning: not in it: ${line}`);
  say('environment variables, webhooks, passwords, tokens and screens are left out; look through it all the same');
  print(file);
};
