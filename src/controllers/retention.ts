import { valueOf } from '../api/seen.ts';
import type { Store } from '../api/ports/store.ts';
import type { Tmux } from '../api/ports/tmux.ts';
import type { Clock, LogFile, LogFiles } from '../api/ports/world.ts';
import { type Controller, type Outcome } from './loop.ts';

export interface RetentionParts {
  readonly store: Store;
  readonly tmux: Tmux;
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
export const retentionController = ({ store, tmux, logFiles, clock, settings }: RetentionParts): Controller => {
  const { retentionIntervalMs = EVERY_MS } = settings;

  const rotate = async (logs: readonly LogFile[], since: number): Promise<void> => {
    if (logs.length === 0) return;
    const listings = await tmux.observe(since);
    const sessions = listings.flatMap((listing) => valueOf(listing.sessions) ?? []);
    for (const log of logs) {
      await logFiles.rotate(log);
      // The pane goes on writing to the file it has open: it is given the path anew.
      const session = sessions.find((candidate) => candidate.tags?.project === log.project);
      const pane = session?.panes.find((candidate) => candidate.windowName === log.window && candidate.piped);
      if (session && pane) await tmux.pipe(session.shard, pane.paneId, logFiles.prepare(log.project, log.window));
    }
  };

  return {
    name: 'retention',
    workers: 1,
    async reconcile({ since }): Promise<Outcome> {
      await rotate(await logFiles.rotateDue(), since);
      store.transaction((writes) => writes.prune(clock.now().wallMs - KEPT_MS));
      store.checkpoint();
      return { retry: false, requeueAfterMs: retentionIntervalMs };
    },
  };
};
