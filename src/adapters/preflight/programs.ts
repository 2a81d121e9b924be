import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CheckResult } from '../../api/check.ts';
import { outcomesOf } from './outcome.ts';

/** Is a program on PATH? One with a slash in its name is looked for from the Project's path. */
export const checkProgram = async (program: string, searchPath: string, path: string): Promise<CheckResult> => {
  const { pass, fail } = outcomesOf('command', `command ${program}`);
  const candidates = program.includes('/') ? [path] : searchPath.split(':').filter((directory) => directory !== '');
  for (const directory of candidates) {
    const file = resolve(directory, program);
    if (await isProgram(file)) return pass(`found as ${file}`);
  }
  return fail(
    program.includes('/') ? `${resolve(path, program)} is no program` : `${program} is not on PATH (${searchPath})`,
    `install ${program}, or add its directory to PATH in base-env.json of the state directory`,
  );
};

const isProgram = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
};
