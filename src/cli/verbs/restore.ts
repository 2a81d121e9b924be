import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { demandLocal } from '../local.ts';
import { dryRunOption } from '../options.ts';

interface Options {
  readonly dryRun?: boolean;
}

export const restoreCommand = (act: Act): Command =>
  new Command('restore')
    .description('make the database what it was at a backup, and put back what is missing; no session is touched')
    .argument('<file>', 'what `backup` made')
    .addOption(dryRunOption())
    .action(act(restore));

const restore = async (context: Context, file: string, { dryRun = false }: Options): Promise<void> => {
  const { config, io, print, say } = context;
  demandLocal(context, 'state directories');
  const { restoreBackup } = await import('../../main.ts');
  const { contents, aside, putBack, caughtUp } = await restoreBackup(config, resolve(io.cwd, file), dryRun);
  const { createdAt, host, tmuxlet, projects } = contents;
  const would = dryRun ? 'would be ' : '';
  say(`a whole backup of ${createdAt}, from ${host}, by tmuxlet ${tmuxlet}: ${projects} Projects`);
  for (const name of caughtUp) say(`project/${name}: something later is known of it, and ${would}kept`);
  for (const path of putBack) print(`${would}put back: ${path}`);
  if (aside !== null) print(`the database before ${would}kept: ${aside}`);
  print(`${would}restored: ${config.stateDir}`);
};
