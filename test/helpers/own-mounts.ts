import { spawnSync } from 'node:child_process';

const FLAG = '--own-mounts';

const unshare = (...words: readonly string[]): number | null =>
  spawnSync('unshare', ['--mount', '--propagation', 'private', ...words], { stdio: 'inherit' }).status;

/**
 * Starts this program once more where its mounts are its own, if that is allowed: whatever becomes of it, no mount is
 * left behind. Null for who shall go on himself, in mounts of his own or with those of all; else the exit code of
 * the one that was started.
 */
export const beginInOwnMounts = (): number | null => {
  if (hasOwnMounts() || process.getuid?.() !== 0 || unshare('true') !== 0) return null;
  return unshare(process.execPath, ...process.execArgv, ...process.argv.slice(1), FLAG) ?? 1;
};

/** May this process mount what nobody else sees? */
export const hasOwnMounts = (): boolean => process.argv.includes(FLAG);
