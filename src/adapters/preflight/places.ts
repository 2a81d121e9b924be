import type { Stats } from 'node:fs';
import { messageOf } from '../../api/errors.ts';
import type { CheckResult } from '../../api/check.ts';
import { saysAbsent } from '../absent-file.ts';
import { readEnvFile } from '../runs/env-file.ts';
import { outcomesOf } from './outcome.ts';
import type { Outcomes } from './outcome.ts';

/** Looks at a path. */
export type Look = (path: string) => Promise<Pick<Stats, 'isDirectory'>>;

export const checkDirectory = async (
  { pass, fail }: Outcomes,
  directory: string,
  field: string,
  look: Look,
): Promise<CheckResult> => {
  const remedy = `make the directory, or correct ${field}`;
  try {
    if ((await look(directory)).isDirectory()) return pass(`${directory} is a directory`);
    return fail(`${directory} is no directory`, remedy);
  } catch (error) {
    return fail(saysAbsent(error) ? `${directory} does not exist` : messageOf(error), remedy);
  }
};

export const checkEnvFile = async (file: string): Promise<CheckResult> => {
  const { pass, fail } = outcomesOf('envFile');
  try {
    const count = Object.keys(await readEnvFile(file)).length;
    return pass(`${file} sets ${count} ${count === 1 ? 'variable' : 'variables'}`);
  } catch (error) {
    return fail(messageOf(error), `make ${file} readable, one NAME=value a line, or correct session.envFile`);
  }
};
