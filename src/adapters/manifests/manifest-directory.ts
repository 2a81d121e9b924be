import { isAbsolute } from 'node:path';
import { UserError } from '../../api/errors.ts';
import type { SpecSource } from '../../api/ports/manifests.ts';
import type { Clock } from '../../api/ports/world.ts';
import { type ManifestEditor, manifestEditor } from './editor.ts';
import { directoryListing } from './listing.ts';
import { watchDirectory } from './watch.ts';

export interface ManifestDirectoryOptions {
  /** Where the manifests of finished Projects go, outside of the directory. Absolute. */
  readonly archive: string;
  readonly clock: Clock;
  /** File that remembers the directory's device from run to run. Default: it is forgotten at the end. */
  readonly deviceFile?: string;
  /** False: what that file says is believed, and nothing is written to it. Default: true. */
  readonly remembers?: boolean;
  /** Told when watching fails; changes are then seen at the next resync only. */
  readonly onWatchError?: (reason: string) => void;
}

/** A directory of manifests: where desired state is read from, and where edits are written to. */
export type ManifestDirectory = SpecSource & ManifestEditor & { close(): Promise<void> };

/**
 * Opens the manifest directory `directory`: its `*.json`, `*.yaml` and `*.yml`, not those of folders in it.
 * It need not be there yet; until it is, listings are Unknown. Watched only while somebody listens for hints.
 *
 * @throws UserError when the path is not absolute, for it would mean another one elsewhere (failure 54).
 */
export const openManifestDirectory = (directory: string, options: ManifestDirectoryOptions): ManifestDirectory => {
  if (!isAbsolute(directory)) throw new UserError(`the manifest directory must be an absolute path: ${directory}`);
  const list = directoryListing(directory, options.deviceFile ?? null, options.remembers);
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  let stopWatching = async (): Promise<void> => {};

  return {
    list,
    ...manifestEditor({ directory, list, archive: options.archive, clock: options.clock }),
    onHint(listener) {
      if (listeners.size === 0) stopWatching = watchDirectory(directory, tell, options.onWatchError ?? (() => {}));
      listeners.add(listener);
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) void stopWatching();
      };
    },
    async close() {
      listeners.clear();
      await stopWatching();
    },
  };
};
