import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isManifestName } from '../../adapters/manifests/file-names.ts';
import { orAbsentSync } from '../../adapters/absent-file.ts';
import { type Config, databaseOf } from '../../config.ts';

/** A file of an installation, and where it is in a backup. */
export interface Kept {
  readonly path: string;
  readonly archived: string;
}

export const DATABASE = 'tmuxlet.db';
const STATE = 'state';
export const MANIFESTS = 'manifests';
const CONFIG = 'config';

/** Files of the state directory beside the database: who this installation is, and what commands start from. */
const OWN = ['owner', 'base-env.json'] as const;

export type Place = Pick<Config, 'stateDir' | 'manifests' | 'configFile'>;

/** Where the files of an installation are that a backup has, but for the database, which is copied otherwise. */
export const keptIn = ({ stateDir, manifests, configFile }: Place): readonly Kept[] => [
  ...OWN.map((name) => ({ path: join(stateDir, name), archived: name })).filter(({ path }) => existsSync(path)),
  ...namesIn(join(stateDir, STATE))
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ path: join(stateDir, STATE, name), archived: `${STATE}/${name}` })),
  ...manifestsIn(manifests).map((name) => ({ path: join(manifests, name), archived: `${MANIFESTS}/${name}` })),
  ...(configFile === null ? [] : [{ path: configFile, archived: CONFIG }]),
];

/** Where a file of a backup belongs; null for what is for people to look at only. */
export const placeOf = (archived: string, { stateDir, manifests }: Place): string | null => {
  const [folder = '', name] = archived.split('/');
  if (archived === DATABASE) return databaseOf(stateDir);
  if (archived === CONFIG) return null;
  return name !== undefined && folder === MANIFESTS ? join(manifests, name) : join(stateDir, archived);
};

export const manifestsIn = (directory: string): readonly string[] => namesIn(directory).filter(isManifestName);

const namesIn = (directory: string): readonly string[] => orAbsentSync(() => readdirSync(directory).sort(), []);
