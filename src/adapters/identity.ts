import { linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { UserError } from '../api/errors.ts';
import { orAbsentSync } from './absent-file.ts';

const OwnerId = z.uuid();

/**
 * The id of this installation, by which it knows its own sessions; made once, in the file `owner` of the
 * state directory. Throws a UserError when that file is damaged: a new id would disown every live session.
 */
export const ownerId = (stateDir: string): string => {
  const file = join(stateDir, 'owner');
  return orAbsentSync(() => readOwner(file), null) ?? create(stateDir, file);
};

/** The id of the installation that has this state directory; null where there is none yet. Throws as `ownerId` does. */
export const knownOwner = (stateDir: string): string | null =>
  orAbsentSync(() => readOwner(join(stateDir, 'owner')), null);

const readOwner = (file: string): string => {
  const id = readFileSync(file, 'utf8').trim();
  if (OwnerId.safeParse(id).success) return id;
  throw new UserError(
    `${file} holds no owner id, which is a uuid. Restore it, or take the id from a session that lives ` +
      `(tmux show-options -v @tmuxlet_owner); delete it only when no session of this installation is left`,
  );
};

/** Whole or not at all, and only by one of several who start at once: the others read what he made. */
const create = (stateDir: string, file: string): string => {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const own = join(stateDir, `owner.${crypto.randomUUID()}`);
  writeFileAtomic.sync(own, `${crypto.randomUUID()}\n`, { mode: 0o600 });
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own);
  }
  return readOwner(file);
};
