import { Command } from 'commander';
import { isSame } from '../../adapters/manifests/edited-text.ts';
import { type SingleManifest, splitManifests } from '../../adapters/manifests/split.ts';
import { UserError } from '../../api/errors.ts';
import type { Act } from '../act.ts';
import { askAboutConflicts, refuseSharedNames } from '../conflicts.ts';
import type { Context } from '../context.ts';
import { refuseCycles } from '../cycles.ts';
import { declared, filesNaming, type Manifests, openManifests } from '../manifest-directory.ts';
import { dryRunOption, filenameOption } from '../options.ts';
import { readManifestTexts } from '../sources.ts';
import { unmask } from '../unmask.ts';

interface Options {
  readonly filename: readonly string[];
  readonly dryRun?: true;
  readonly yes?: true;
}

export const applyCommand = (act: Act): Command =>
  new Command('apply')
    .description('declare Projects: write their manifests into the manifest directory')
    .addOption(filenameOption().makeOptionMandatory())
    .addOption(dryRunOption())
    .option('-y, --yes', 'do not ask before a session that is not ours is adopted or replaced')
    .action(act(apply));

const apply = async (context: Context, { filename, dryRun, yes }: Options): Promise<void> => {
  const texts = await readManifestTexts(context.io, filename);
  const wanted = texts.flatMap(({ text, file }) => splitManifests(text, file));
  await writeManifests(context, wanted, dryRun === true, yes === true);
};

/** Writes all manifests, or when one of them is wrong, or a person says no, none. */
export const writeManifests = async (
  context: Context,
  wanted: readonly SingleManifest[],
  dryRun: boolean,
  yes = false,
): Promise<void> => {
  const manifests = await openManifests(context, { make: !dryRun });
  const whole = wanted.map((single) => unmask(single, declared(manifests, single.name)?.spec ?? null));
  refuseTwins(whole);
  const present = manifests.files.flatMap(({ projects }) => projects);
  const projects = whole.map(({ project }) => project);
  refuseCycles(present, projects);
  refuseSharedNames(context, present, projects);
  if (!dryRun && !yes) {
    await askAboutConflicts(
      context,
      whole.filter((single) => foresee(manifests, single) !== 'unchanged'),
    );
  }
  for (const single of whole) {
    const foreseen = foresee(manifests, single);
    // Every write looks through the whole directory again; what is to stay as it is needs none.
    const write = !dryRun && foreseen !== 'unchanged';
    const result = write ? (await manifests.edit.write(single)).result : foreseen;
    context.print(`project/${single.name} ${result}${dryRun ? ' (dry run)' : ''}`);
  }
};

const foresee = (manifests: Manifests, { name, project }: SingleManifest): string => {
  const present = declared(manifests, name);
  if (present !== undefined) return isSame(present, project) ? 'unchanged' : 'configured';
  return filesNaming(manifests, name).length > 0 ? 'configured' : 'created';
};

const refuseTwins = (wanted: readonly SingleManifest[]): void => {
  const names = wanted.map(({ name }) => name);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new UserError(`project "${twin}" is declared twice in what is to be applied`);
};
