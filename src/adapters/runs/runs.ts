import { rm } from 'node:fs/promises';
import type { Processes } from '../../api/ports/processes.ts';
import type { Runs } from '../../api/ports/runs.ts';
import type { Clock } from '../../api/ports/world.ts';
import { askedInTime } from '../asked-paths.ts';
import { readEnvFile } from './env-file.ts';
import { openFifoPool } from './fifo-pool.ts';
import { readHeartbeat } from './heartbeat-file.ts';
import { observeRuns } from './observe-runs.ts';
import { runPaths } from './paths.ts';
import { prepareRun } from './prepare-run.ts';
import { recordsIn } from './read-run.ts';
import { openRunWatches } from './watch-runs.ts';
import { installWrapper } from './wrapper.ts';

export interface RunsOptions {
  /** The state directory, absolute; runs live below it in attempts/UID/ATTEMPT/WINDOW/RUN. */
  readonly stateDir: string;
  /** What every command gets beside its spec's variables. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly processes: Processes;
  readonly clock: Clock;
}

/** The directories of runs below the state directory. Throws a UserError when that is no absolute path. */
export const openRuns = ({ stateDir, baseEnvironment, processes, clock }: RunsOptions): Runs => {
  const paths = runPaths(stateDir);
  const preparation = {
    paths,
    stateDir,
    baseEnvironment,
    fifos: openFifoPool(paths.fifos),
    readEnvFile: askedInTime(readEnvFile),
  };
  const witnesses = { processes, bootId: clock.now().bootId };
  const records = recordsIn(paths);
  const watches = openRunWatches(paths, processes);

  return {
    async prepare(key, window, project) {
      await prepareRun(preparation, key, window, project);
      // Here and not at the start: who only looks writes nothing, and one that was deleted is there again.
      return ['/bin/sh', installWrapper(stateDir), paths.run(key).directory, ...(window.logs ? [] : ['unpiped'])];
    },
    observe: (uid, attempt, panes) => observeRuns(records, witnesses, uid, attempt, panes),
    watch: watches.watch,
    heartbeat: (key) => readHeartbeat(paths.run(key).heartbeat),
    async forget(uid) {
      const directory = paths.projectDir(uid);
      watches.forget(uid);
      await rm(directory, { recursive: true, force: true });
    },
    close: watches.close,
  };
};
