import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { UserError } from '../../api/errors.ts';
import { recordBaseEnvironment } from '../base-environment.ts';
import { writeTmuxConf } from '../tmux/config-file.ts';
import { removeUnits, standingOf, writeUnit } from './unit-files.ts';
import { type Installation, type Units, unitsOf } from './units.ts';
import { verifyUnits } from './verify.ts';

export interface InstallOptions {
  readonly installation: Installation;
  /** Where the manager looks for units. */
  readonly folder: string;
  /** What was changed by somebody is moved aside, not refused. */
  readonly force: boolean;
  /** The installer's: commands of a user's own installation find what he finds. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Installed {
  /** One line for each file: what was done. */
  readonly done: readonly string[];
  /** Did systemd look at the units? */
  readonly verified: boolean;
}

/**
 * Writes the units and makes the state directory, so that the tmux servers can be started first.
 * @throws UserError when systemd does not like the units, or somebody has changed one; nothing is written then
 */
export const install = async ({ installation, folder, force, env }: InstallOptions): Promise<Installed> => {
  const units = unitsOf(installation);
  const complaints = await verifyUnits(units, installation.user === null);
  if (complaints !== null && complaints.length > 0) {
    throw new UserError(['systemd does not take these units:', ...complaints].join('\n  '));
  }
  if (!force) await assertUntouched(folder, units, 'replaces it and keeps a copy');
  await prepareState(installation, env);
  const done: string[] = [];
  for (const [name, text] of Object.entries(units)) {
    const isSame = (await standingOf(folder, name, text)) === 'Same';
    const kept = isSame ? null : await writeUnit(folder, name, text);
    if (kept !== null) done.push(`kept ${kept}`);
    done.push(`${isSame ? 'unchanged' : 'wrote'} ${join(folder, name)}`);
  }
  return { done, verified: complaints !== null };
};

/**
 * Takes the units away; the state directory stays.
 * @throws UserError when somebody has changed one, unless `force`
 */
export const uninstall = async ({ installation, folder, force }: InstallOptions): Promise<Installed> => {
  const units = unitsOf(installation);
  if (!force) await assertUntouched(folder, units, 'removes it all the same');
  await removeUnits(folder, units);
  return { done: Object.keys(units).map((name) => `removed ${join(folder, name)}`), verified: false };
};

const assertUntouched = async (folder: string, units: Units, whatForceDoes: string): Promise<void> => {
  for (const [name, text] of Object.entries(units)) {
    if ((await standingOf(folder, name, text)) !== 'Changed') continue;
    const file = join(folder, name);
    throw new UserError(
      `${file} was changed by somebody: move the change to a drop-in (systemctl edit ${name}); --force ${whatForceDoes}`,
    );
  }
};

/** The servers come before the controller, and need a place for their sockets and their configuration. */
const prepareState = async (installation: Installation, env: InstallOptions['env']): Promise<void> => {
  const { stateDir, tmuxSocket, user } = installation;
  const manifests = installation.manifests ?? join(stateDir, 'manifests');
  // The first of the directories that were made for it, of each.
  const made = [
    await mkdir(stateDir, { recursive: true, mode: 0o700 }),
    await mkdir(dirname(tmuxSocket), { recursive: true, mode: 0o700 }),
    await mkdir(manifests, { recursive: true }),
  ].filter((path) => path !== undefined);
  const conf = await writeTmuxConf(stateDir);
  if (user === null) recordBaseEnvironment(stateDir, env);
  else await execa('chown', ['-R', `${user}:`, '--', ...made, conf]);
};
