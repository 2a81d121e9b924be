import type { Logger } from 'pino';
import { messageOf, UserError } from '../api/errors.ts';
import type { Store } from '../api/ports/store.ts';
import type { Config } from '../config.ts';
import type { Manager } from '../controllers/manager.ts';
import { maskSecrets } from '../telemetry/mask-secrets.ts';
import type { LiveConfig } from './live-config.ts';
import type { Resync } from './resync.ts';

export interface ReloadParts {
  readonly live: LiveConfig;
  /** The settings as they are now. @throws UserError when they are not in order */
  readonly readConfig: () => Config;
  readonly store: Store;
  readonly manager: Manager;
  readonly resync: Resync;
  readonly logger: Logger;
}

/**
 * Reads the settings anew, takes what can be taken without a restart, and says in one line what that is and what
 * cannot. Settings that are not in order change nothing. No session is touched by either.
 */
export const reloadConfig = ({ live, readConfig, store, manager, resync, logger }: ReloadParts): void => {
  try {
    const { changed, needsRestart } = live.change(readConfig());
    const { logLevel, queues, stateSyncIntervalSeconds } = live.config;
    logger.level = logLevel;
    store.transaction((writes) => {
      writes.setQueues(queues);
      writes.setAlerting(live.alerting.notifiers.length > 0);
    });
    resync.every(stateSyncIntervalSeconds);
    manager.settingsChanged();
    logger[needsRestart.length > 0 ? 'warn' : 'info']({ changed, needsRestart }, 'configuration reloaded');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    logger.error({ error: maskSecrets(messageOf(error)) }, 'configuration not reloaded');
  }
};
