import { Command } from 'commander';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { fileDeclaring, openManifests } from '../manifest-directory.ts';
import { projectName } from '../names.ts';

export const suspendCommand = (act: Act): Command =>
  new Command('suspend')
    .description('stop Projects and keep them out of the queue: sets spec.suspend in their manifests')
    .argument('<name...>', 'Projects')
    .action(act((context, names: readonly string[]) => setSuspend(context, names, true)));

export const unsuspendCommand = (act: Act): Command =>
  new Command('unsuspend')
    .description('let suspended Projects run again: clears spec.suspend in their manifests')
    .argument('<name...>', 'Projects')
    .action(act((context, names: readonly string[]) => setSuspend(context, names, false)));

const setSuspend = async (context: Context, words: readonly string[], suspend: boolean): Promise<void> => {
  const names = words.map(projectName);
  if (context.config.server !== null) {
    const client = await context.client();
    for (const name of names) context.print(await client.setSuspend(name, suspend));
    return;
  }
  const manifests = await openManifests(context, { make: false });
  const places = names.map((name) => ({ name, file: fileDeclaring(manifests, name) }));
  for (const { name, file } of places) {
    const changed = await manifests.edit.setSuspend(file, name, suspend);
    context.print(
      `project/${name} ${changed ? '' : 'was '}${suspend ? 'suspended' : 'unsuspended'}${changed ? '' : ' already'}`,
    );
  }
};
