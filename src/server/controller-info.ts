import type { StoreReader } from '../api/ports/store.ts';

/** The controller that answers, or where none does, what the last one wrote down. */
export interface ControllerInfo {
  /** Null when none answers. */
  readonly version: string | null;
  /** The manifest directory; null before the first controller. */
  readonly manifests: string | null;
}

/** The store's setting under which the controller writes down its manifest directory. */
export const MANIFESTS_SETTING = 'manifests';
/** The store's setting under which the controller writes down the socket of its first tmux server. */
export const TMUX_SOCKET_SETTING = 'tmuxSocket';

export const controllerInfo = (reader: Pick<StoreReader, 'setting'>, version: string | null): ControllerInfo => ({
  version,
  manifests: reader.setting(MANIFESTS_SETTING),
});
