import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { manifestPath } from '../manifest-directory.ts';
import { sizeText } from '../output/size.ts';

export const backupCommand = (act: Act): Command =>
  new Command('backup')
    .description('pack database, manifests and identity into one file, while the controller runs or not')
    .argument('<target>', 'a folder, or the file to make: NAME.tar.gz')
    .action(act(backup));

const backup = async (context: Context, target: string): Promise<void> => {
  const { config, io, print, say } = context;
  const manifests = await manifestPath(context);
  const { makeBackup } = await import('../../main.ts');
  const made = await makeBackup({ ...config, manifests }, resolve(io.cwd, target), new Date(io.now()));
  print(made.file);
  say(`${made.projects} Projects and ${made.manifests} manifests, ${sizeText(made.bytes)}, checked; it holds secrets`);
};
