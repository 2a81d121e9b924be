import { Command } from 'commander';
import { parseManifests } from '../../adapters/manifests/parse.ts';
import { UserError } from '../../api/errors.ts';
import { NotFound } from '../../server/views/views.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { filesNaming, type Manifests, openManifests } from '../manifest-directory.ts';
import { projectName } from '../names.ts';
import { dryRunOption, filenameOption } from '../options.ts';
import { spanOf } from '../output/duration.ts';
import { readManifestTexts } from '../sources.ts';
import { waitUntil } from '../wait-until.ts';

interface Options {
  readonly filename?: readonly string[];
  readonly force?: true;
  readonly wait: boolean;
  readonly timeout?: string;
  readonly dryRun?: true;
}

export const deleteCommand = (act: Act): Command =>
  new Command('delete')
    .description('take the manifests of Projects away: their sessions are stopped, then they are forgotten')
    .argument('[name...]', 'Projects')
    .addOption(filenameOption())
    .option('--force', 'forget the Projects without killing anything')
    .option('--no-wait', 'do not wait until they are gone')
    .option('--timeout <span>', 'wait no longer than this: 30s, 5m; without it, as long as it takes')
    .addOption(dryRunOption())
    .action(act(remove));

const remove = async (context: Context, words: readonly string[], options: Options): Promise<number> => {
  const timeout = options.timeout === undefined ? null : AbortSignal.timeout(spanOf('--timeout', options.timeout));
  const named = await namesIn(context, options.filename ?? []);
  const names = [...new Set([...words.map(projectName), ...named])];
  if (names.length === 0) throw new UserError('name the Projects to delete, or a file of them with -f', 2);
  const manifests = await openManifests(context, { make: false });
  const { live } = await context.client();

  const going: string[] = [];
  let missing = 0;
  for (const name of names) {
    if (await removeOne(context, manifests, name, options)) {
      going.push(name);
      context.print(`project/${name} deleted${options.dryRun ? ' (dry run)' : ''}`);
    } else {
      missing += 1;
      context.say(`error: project "${name}" not found`);
    }
  }
  if (options.dryRun || going.length === 0) return missing > 0 ? 1 : 0;
  if (!live) context.say('no controller is running: sessions go on until one is started, and end then');
  const laggards = live && options.wait ? await waitUntilGone(context, going, timeout) : 0;
  return missing + laggards > 0 ? 1 : 0;
};

/** Names in files that are broken elsewhere count: what is to go need not be in order. */
const namesIn = async ({ io }: Context, files: readonly string[]): Promise<readonly string[]> =>
  (await readManifestTexts(io, files)).flatMap(({ text, file }) => parseManifests(text, file).names);

/** False when there is neither a manifest nor a Project of that name. */
const removeOne = async (context: Context, manifests: Manifests, name: string, options: Options): Promise<boolean> => {
  const files = filesNaming(manifests, name);
  const client = await context.client();
  if (options.dryRun) return files.length > 0 || (await exists(context, name));
  for (const file of files) await manifests.edit.remove(file, name);
  if (!client.live) return files.length > 0;
  // What is asked for by name needs no second look at the directory, nor a confirmation.
  return (await deleteNow(context, name, options.force === true)) || files.length > 0;
};

const deleteNow = async (context: Context, name: string, force: boolean): Promise<boolean> =>
  unlessMissing((await context.client()).delete(name, force));

const exists = async (context: Context, name: string): Promise<boolean> =>
  unlessMissing((await context.client()).project(name));

const unlessMissing = async (asked: Promise<unknown>): Promise<boolean> => {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
};

const waitUntilGone = async (
  context: Context,
  names: readonly string[],
  timeout: AbortSignal | null,
): Promise<number> => {
  const signal = AbortSignal.any([context.io.signal, ...(timeout === null ? [] : [timeout])]);
  const isGone = (project: unknown): boolean => project === null;
  const laggards = await waitUntil(await context.client(), names, isGone, signal, () => {});
  for (const { name, project } of laggards) {
    context.say(`error: project "${name}" is still there: ${project?.status.message ?? ''}`);
  }
  return laggards.length;
};
