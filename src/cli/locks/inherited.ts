import { delimiter } from 'node:path';
import { UserError } from '../../api/errors.ts';
import type { Environment } from '../../config.ts';

/** Tells a command which locks are held around it: absolute paths of their files, separated by `:`. */
export const LOCKS_VARIABLE = 'TMUXLET_LOCKS';

const inherited = (env: Environment): readonly string[] => (env[LOCKS_VARIABLE] ?? '').split(delimiter).filter(Boolean);

/** The environment of a command that runs under these locks too. */
export const withLocks = (env: Environment, files: readonly string[]): Environment => ({
  ...env,
  [LOCKS_VARIABLE]: [...inherited(env), ...files].join(delimiter),
});

/**
 * Locks are not re-entrant: who holds one and waits for it would wait for himself. And they are taken in order of
 * name: one that comes before one that is held could be waited for by two for ever.
 * @throws UserError for locks that the commands around this one do not allow
 */
export const refuseNested = (env: Environment, files: readonly string[]): void => {
  const around = inherited(env);
  for (const file of files) {
    if (around.includes(file)) {
      throw new UserError(`this command runs under ${file} already (${LOCKS_VARIABLE}); locks are not re-entrant`);
    }
    const later = around.find((other) => other > file);
    if (later === undefined) continue;
    throw new UserError(`${file} must be taken before ${later}, which is held: name both in one call`);
  }
};
