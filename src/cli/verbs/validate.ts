import { Command } from 'commander';
import { type ParsedManifests, parseManifests } from '../../adapters/manifests/parse.ts';
import { messageOf } from '../../api/errors.ts';
import { sharedNames } from '../../machines/manifests/session-names.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { refuseCycles } from '../cycles.ts';
import { manifestPath } from '../manifest-directory.ts';
import { filenameOption } from '../options.ts';
import { readManifestTexts } from '../sources.ts';

interface Options {
  readonly filename?: readonly string[];
}

export const validateCommand = (act: Act): Command =>
  new Command('validate')
    .description('check manifests: those named, or the whole manifest directory')
    .addOption(filenameOption())
    .action(act(validate));

const validate = async (context: Context, { filename }: Options): Promise<number> => {
  const texts = await readManifestTexts(context.io, filename ?? [await manifestPath(context)]);
  const files = texts.map(({ file, text }) => ({ file, ...parseManifests(text, file) }));
  for (const { file, projects, errors } of files) {
    if (errors.length > 0) context.print(errors.join('\n'));
    else context.print(`${file}: valid, ${projects.map(({ metadata }) => metadata.name).join(', ')}`);
  }
  const shared = sharedNames(files.flatMap(({ projects }) => projects));
  for (const { message } of shared.filter(({ blocks }) => !blocks)) context.say(`warning: ${message}`);
  const blocking = shared.filter(({ blocks }) => blocks).map(({ message }) => message);
  const between = [...twins(files), ...cycles(files), ...blocking];
  for (const problem of between) context.print(problem);
  return between.length > 0 || files.some(({ errors }) => errors.length > 0) ? 1 : 0;
};

type Files = readonly (ParsedManifests & { readonly file: string })[];

const twins = (files: Files): readonly string[] => {
  const first = new Map<string, string>();
  return files.flatMap(({ file, names }) =>
    names.flatMap((name) => {
      const other = first.get(name);
      if (other === undefined) first.set(name, file);
      return other === undefined ? [] : [`${file}: project "${name}" is declared in ${other} already`];
    }),
  );
};

const cycles = (files: Files): readonly string[] => {
  try {
    refuseCycles(
      [],
      files.flatMap(({ projects }) => projects),
    );
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
};
