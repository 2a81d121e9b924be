import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Holder } from '../../api/ports/world.ts';
import { orAbsentSync } from '../absent-file.ts';
import { mayLive, readHolder } from './holder.ts';
import { isHeldElsewhere } from './kernel-lock.ts';

const HOLDER_SUFFIX = '.holder.json';

export const lockFile = (directory: string, name: string): string => join(directory, `${name}.lock`);
export const tokenFile = (directory: string, name: string): string => join(directory, `${name}.token`);
export const holderFile = (directory: string, name: string): string => join(directory, `${name}${HOLDER_SUFFIX}`);

/** Which locks this process holds itself: their files must not be opened. */
type IsOurs = (name: string) => boolean;

/** Who has said that he holds a lock, and whether he does; null when nobody has said so. */
export const holderIn = (directory: string, name: string, clock: Clock, isOurs: IsOurs): Holder | null => {
  const info = readHolder(holderFile(directory, name));
  if (info === null) return null;
  // The kernel alone could mean a holder that has not written his name yet; his predecessor's is stale.
  const held = isOurs(name) || (mayLive(info, clock) && isHeldElsewhere(lockFile(directory, name)));
  return { ...info, held };
};

/** The same of every lock; a directory that is not there has none. */
export const holdersIn = (directory: string, clock: Clock, isOurs: IsOurs): readonly Holder[] =>
  orAbsentSync(() => readdirSync(directory), [])
    .filter((file) => file.endsWith(HOLDER_SUFFIX))
    .map((file) => file.slice(0, -HOLDER_SUFFIX.length))
    .flatMap((name) => holderIn(directory, name, clock, isOurs) ?? []);
