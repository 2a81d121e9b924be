import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckResult } from '../../api/check.ts';
import { messageOf } from '../../api/errors.ts';
import { orAbsent, saysAbsent } from '../absent-file.ts';
import { outcomesOf } from './outcome.ts';

const { pass, fail } = outcomesOf('state');

/** Can files be made in the state directory and in what is in it, or can it be made itself? */
export const checkStateDirectory = async (stateDir: string): Promise<CheckResult> => {
  const entries = await orAbsent(readdir(stateDir, { withFileTypes: true }), null);
  if (entries === null) {
    const place = await nearest(dirname(stateDir));
    return (await problemOf(place)) === null
      ? pass(`${stateDir} is not there yet, and can be made`)
      : fail(`${stateDir} is not there, and ${place} cannot be written`, 'make it, or give another --state-dir');
  }
  const folders = [stateDir, ...entries.filter((each) => each.isDirectory()).map(({ name }) => join(stateDir, name))];
  const problems = (await Promise.all(folders.map(problemOf))).filter((problem) => problem !== null);
  return problems.length === 0
    ? pass(`${stateDir} can be written`)
    : fail(problems.join('; '), 'give it to the user who runs tmuxlet, and mount it writable');
};

const problemOf = async (folder: string): Promise<string | null> => {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return messageOf(error);
  }
};

/** The folder itself, or the nearest above it that is there. */
export const nearest = async (folder: string): Promise<string> => {
  try {
    await access(folder, constants.F_OK);
    return folder;
  } catch (error) {
    if (!saysAbsent(error) || dirname(folder) === folder) return folder;
    return nearest(dirname(folder));
  }
};
