import { readFileSync } from 'node:fs';
import { readStat, saysForbidden, saysGone } from './stat.ts';

const WRAPPER = /\/tmuxlet-wrapper-[0-9a-f]+\.sh$/;

/** The file name of the script that runs a command in a pane; by it the running script is known again. */
export const wrapperName = (hash: string): string => `tmuxlet-wrapper-${hash}.sh`;

/** The wrapper whose command this process is, which passes SIGTERM on to it; null when there is none. */
export const wrapperOf = (pid: number): number | null => {
  const parent = readStat(pid)?.ppid;
  return parent !== undefined && isWrapper(parent) ? parent : null;
};

const isWrapper = (pid: number): boolean => {
  try {
    const [, script = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return WRAPPER.test(script);
  } catch (error) {
    if (saysGone(error) || saysForbidden(error)) return false;
    throw error;
  }
};
