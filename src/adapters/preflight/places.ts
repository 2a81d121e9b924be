import { stat, statfs } from 'node:fs/promises';
import { messageOf } from '../../api/errors.ts';
import type { CheckResult } from '../../api/decision.ts';
import { readEnvFile } from '../runs/env-file.ts';
import { fail, pass } from './outcome.ts';

/** Below this much free space in the state directory a start would fail half-way. */
export const LEAST_FREE_BYTES = 64 * 1024 * 1024;

const MEBIBYTE = 1024 * 1024;

export const checkDirectory = async (name: string, directory: string, field: string): Promise<CheckResult> => {
  const remedy = `make the directory, or correct ${field}`;
  try {
    if ((await stat(directory)).isDirectory()) return pass(name, `${directory} is a directory`);
    return fail(name, `${directory} is no directory`, remedy);
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return fail(name, isAbsent ? `${directory} does not exist` : messageOf(error), remedy);
  }
};

export const checkEnvFile = async (file: string): Promise<CheckResult> => {
  try {
    const count = Object.keys(await readEnvFile(file)).length;
    return pass('envFile', `${file} sets ${count} ${count === 1 ? 'variable' : 'variables'}`);
  } catch (error) {
    return fail(
      'envFile',
      messageOf(error),
      `make ${file} readable, one NAME=value a line, or correct session.envFile`,
    );
  }
};

export const checkDiskSpace = async (directory: string, leastFreeBytes: number): Promise<CheckResult> => {
  const { bavail, bsize } = await statfs(directory);
  const free = `${Math.floor((bavail * bsize) / MEBIBYTE)} MiB free in ${directory}`;
  return bavail * bsize >= leastFreeBytes
    ? pass('disk', free)
    : fail('disk', `only ${free}`, `free at least ${Math.ceil(leastFreeBytes / MEBIBYTE)} MiB there`);
};
