import type { Store } from '../api/ports/store.ts';
import type { Clock, LogFiles } from '../api/ports/world.ts';
import type { Controller, Outcome } from './loop.ts';

export interface RetentionParts {
  readonly store: Store;
  readonly logFiles: LogFiles;
  readonly clock: Clock;
  readonly settings: RetentionSettings;
}

export interface RetentionSettings {
  /** Between two passes: a log may outgrow its limit by what is written meanwhile. Default: 30,000 ms. */
  readonly retentionIntervalMs?: number;
}

const EVERY_MS = 30_000;
/** Events, acknowledged commands and ended attempts older than this are dropped. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** The single key. */
export const RETENTION = 'retention';

/** What grows is kept within bounds: logs by size, records by age, the write-ahead log between passes. */
export const retentionController = ({ store, logFiles, clock, settings }: RetentionParts): Controller => {
  const { retentionIntervalMs = EVERY_MS } = settings;

  return {
    name: 'retention',
    workers: 1,
    async reconcile(): Promise<Outcome> {
      for (const log of await logFiles.rotateDue()) await logFiles.rotate(log);
      store.transaction((writes) => writes.prune(clock.now().wallMs - KEPT_MS));
      store.checkpoint();
      return { retry: false, requeueAfterMs: retentionIntervalMs };
    },
  };
};
