import type { Command } from '../../api/manifest.ts';

/** What a command cannot be started for ends with this code, as in POSIX shells. */
export const CANNOT_RUN = 126;

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * The script that becomes the command. Its variables stand in this file, which only its owner can read, and
 * in no command line, which everybody can.
 */
export const startScript = (env: Readonly<Record<string, string>>, cwd: string, command: Command): string => {
  const argv = typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
  return [
    `cd ${quote(cwd)} || { echo ${quote(`tmuxlet: cannot enter the working directory ${cwd}`)} >&2; exit ${CANNOT_RUN}; }`,
    'unset OLDPWD',
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`),
    `exec ${argv.map(quote).join(' ')}`,
    '',
  ].join('\n');
};
