import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config.ts';
import { orphanSettingsOf } from '../config/orphans.ts';
import type { ManagerSettings } from '../controllers/manager.ts';
import type { Alerting } from '../controllers/notification.ts';
import { openAlerting } from './alerting.ts';
import { defaultRoom } from './plan.ts';

/** What takes effect while the controller runs; everything else is fixed at its start. */
const LIVE = [
  'logLevel',
  'queues',
  'maxConcurrentStarts',
  'stateSyncIntervalSeconds',
  'alerts',
  'orphans',
] as const satisfies readonly (keyof Config)[];

/** What is no setting, or follows from the settings. */
const NO_SETTING: readonly (keyof Config)[] = ['sources', 'configFile', 'dryRun', 'once'];

/** The settings of a running controller; whoever uses one of those that may change reads it here each time. */
export interface LiveConfig {
  readonly config: Config;
  /** Whom to tell, as the settings say now. */
  readonly alerting: Alerting;
  /**
   * Takes what can be taken of other settings, secrets in files included.
   * @throws UserError when they are not in order; then nothing has changed
   */
  change(next: Config): Changes;
}

/** Names of settings that are not as they were: those that hold from now on, and those that wait for a restart. */
export interface Changes {
  readonly changed: readonly string[];
  readonly needsRestart: readonly string[];
}

/** @throws UserError when a secret cannot be had */
export const openLiveConfig = (first: Config): LiveConfig => {
  let config = first;
  let alerting = openAlerting(first);
  return {
    get config() {
      return config;
    },
    alerting: {
      get notifiers() {
        return alerting.notifiers;
      },
      get settings() {
        return alerting.settings;
      },
      mask: alerting.mask,
    },
    change(next) {
      alerting = openAlerting(next);
      const names = (Object.keys(config) as (keyof Config)[]).filter((name) => !NO_SETTING.includes(name));
      const different = names.filter((name) => !isDeepStrictEqual(config[name], next[name]));
      const isLive = (name: keyof Config): boolean => LIVE.some((each) => each === name);
      const { logLevel, queues, maxConcurrentStarts, stateSyncIntervalSeconds, alerts, orphans } = next;
      config = { ...config, logLevel, queues, maxConcurrentStarts, stateSyncIntervalSeconds, alerts, orphans };
      return { changed: different.filter(isLive), needsRestart: different.filter((name) => !isLive(name)) };
    },
  };
};

/** What the controllers take of them. */
export const liveSettings = (live: LiveConfig): ManagerSettings => {
  const { shardSize, externalTmuxServers, stateSyncDryRun } = live.config;
  return {
    shardSize,
    externalTmuxServers,
    stateSyncDryRun,
    dryRun: false,
    get maxConcurrentStarts() {
      return live.config.maxConcurrentStarts;
    },
    get defaultMaxConcurrent() {
      return defaultRoom(live.config);
    },
    get stateSyncIntervalSeconds() {
      return live.config.stateSyncIntervalSeconds;
    },
    get orphans() {
      return orphanSettingsOf(live.config.orphans);
    },
  };
};
