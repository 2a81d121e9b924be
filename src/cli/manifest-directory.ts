import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { type ManifestDirectory, openManifestDirectory } from '../adapters/manifests/manifest-directory.ts';
import { UserError } from '../api/errors.ts';
import type { ProjectManifest } from '../api/manifest.ts';
import type { SpecFile } from '../api/ports/manifests.ts';
import type { Context } from './context.ts';
import { demandLocal } from './local.ts';

/** The manifest directory as the command line uses it. */
export interface Manifests {
  readonly path: string;
  readonly edit: ManifestDirectory;
  /** Every file as it was when the verb began. */
  readonly files: readonly SpecFile[];
}

/**
 * Reads the manifest directory; `make` makes it if it is not there.
 * @throws UserError when it cannot be read
 */
export const openManifests = async (context: Context, { make }: { readonly make: boolean }): Promise<Manifests> => {
  const path = await manifestPath(context);
  if (make) await mkdir(path, { recursive: true });
  const archive = join(context.config.stateDir, 'archive', 'manifests');
  const edit = openManifestDirectory(path, { archive, clock: systemClock() });
  if (!existsSync(path)) return { path, edit, files: [] };
  const listing = await edit.list();
  if (listing.seen === 'Unknown') throw new UserError(listing.reason);
  return { path, edit, files: listing.seen === 'Present' ? listing.value : [] };
};

/** The directory that was asked for, else the one that the controller reads. */
export const manifestPath = async (context: Context): Promise<string> => {
  demandLocal(context, 'manifests');
  const { config, client, say } = context;
  const { version, manifests } = await (await client()).controller();
  if (config.sources.manifests === 'default') return manifests ?? config.manifests;
  if (version !== null && manifests !== null && manifests !== config.manifests) {
    say(`warning: the running controller reads ${manifests}, not ${config.manifests}`);
  }
  return config.manifests;
};

/** The good manifest of a Project, if the directory has one. */
export const declared = ({ files }: Manifests, name: string): ProjectManifest | undefined =>
  files.flatMap(({ projects }) => projects).find(({ metadata }) => metadata.name === name);

/** Every file that names the Project. */
export const filesNaming = ({ files }: Manifests, name: string): readonly string[] =>
  files.filter(({ names }) => names.includes(name)).map(({ file }) => file);

/**
 * The one file that declares a Project.
 * @throws UserError when there is none, or more than one
 */
export const fileDeclaring = (manifests: Manifests, name: string): string => {
  const [file, second] = filesNaming(manifests, name);
  if (file === undefined) throw new UserError(`no manifest in ${manifests.path} declares project "${name}"`);
  if (second !== undefined)
    throw new UserError(`project "${name}" is declared in ${file} and in ${second}; remove one`);
  return file;
};
