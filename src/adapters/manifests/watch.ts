import { basename } from 'node:path';
import { watch } from 'chokidar';
import { messageOf } from '../../api/errors.ts';
import { isManifestName } from './file-names.ts';

/** A file is taken for written when it has kept its size this long. */
const STABLE_MS = 60;
const POLL_MS = 20;

/**
 * Calls `changed` when something in the directory may have changed: saved in place or by rename, a symlink
 * swapped, the directory itself removed and made again. Returns how to stop.
 */
export const watchDirectory = (
  directory: string,
  changed: () => void,
  failed: (reason: string) => void,
): (() => Promise<void>) => {
  const watcher = watch(directory, {
    ignoreInitial: true,
    // With depth 0, chokidar 6 stays blind when the directory is gone for a while and comes back.
    depth: 1,
    // Symlinks are watched whatever their name: a manifest may be reached through one that is swapped.
    ignored: (path, stats) =>
      path !== directory && !isManifestName(basename(path)) && stats !== undefined && !stats.isSymbolicLink(),
    atomic: true,
    awaitWriteFinish: { stabilityThreshold: STABLE_MS, pollInterval: POLL_MS },
  });
  watcher.on('all', changed);
  // What changed before the watcher was ready made no sound.
  watcher.on('ready', changed);
  watcher.on('error', (error) => failed(messageOf(error)));
  return () => watcher.close();
};
