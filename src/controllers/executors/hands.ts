import type { SpecSource } from '../../api/ports/manifests.ts';
import type { Processes } from '../../api/ports/processes.ts';
import type { Runs } from '../../api/ports/runs.ts';
import type { Store } from '../../api/ports/store.ts';
import type { Tmux } from '../../api/ports/tmux.ts';
import type { Clock, Keepsakes, LogFiles, Preflight, StateFiles } from '../../api/ports/world.ts';

/** What executors act with. */
export interface Hands {
  readonly tmux: Tmux;
  readonly runs: Runs;
  readonly processes: Processes;
  readonly stateFiles: StateFiles;
  readonly store: Store;
  readonly preflight: Preflight;
  readonly source: SpecSource;
  readonly logFiles: LogFiles;
  readonly keepsakes: Keepsakes;
  readonly clock: Clock;
  /** Has a Project looked at. */
  readonly wake: (uid: string, why: string) => void;
}
