import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import { openRuns } from '../../src/adapters/runs/runs.ts';
import type { WindowLaunch } from '../../src/api/action.ts';
import type { Command } from '../../src/api/manifest.ts';
import type { ObservedRun } from '../../src/api/observation.ts';
import type { RunKey } from '../../src/api/ports/runs.ts';
import { bareTmux } from './bare-tmux.ts';
import { eventually } from './eventually.ts';
import { temporaryFolder } from './temporary.ts';

export const BASE_PATH = '/usr/local/bin:/usr/bin:/bin';

/** Runs in panes of a real tmux server: each uid has one session of that name, with the window `main`. */
export const openRunBench = () => {
  const folder = temporaryFolder();
  const stateDir = join(folder.path, 'state');
  const clock = systemClock();
  const processes = openProcesses(clock);
  // What the server's starter has in its environment must reach no command.
  const tmux = bareTmux(folder.path, { ...process.env, POLLUTION: 'from the server', EDITOR: 'ed' });
  const baseEnvironment = { PATH: BASE_PATH, HOME: folder.path, LANG: 'C.UTF-8' };
  const runs = openRuns({ stateDir, baseEnvironment, processes, clock });
  const uids = new Set<string>();

  const keyOf = (uid: string, run = 1): RunKey => ({ uid, attempt: 1, window: 'main', run });
  const launchOf = (command: Command, more: Partial<WindowLaunch> = {}): WindowLaunch => ({
    name: 'main',
    run: 1,
    command,
    cwd: folder.path,
    env: {},
    envFile: null,
    logs: false,
    ...more,
  });
  const observed = async (uid: string): Promise<ObservedRun> => {
    const run = (await runs.observe(uid, 1, [await tmux.pane(uid)])).main;
    if (run === undefined) throw new Error('the window main was not observed');
    return run;
  };

  return {
    folder: folder.path,
    stateDir,
    processes,
    tmux,
    runs,
    keyOf,
    launchOf,
    observed,
    async start(uid: string, command: Command, more: Partial<WindowLaunch> = {}): Promise<void> {
      const argv = await runs.prepare(keyOf(uid), launchOf(command, more), `project-${uid}`);
      uids.add(uid);
      await tmux.start(uid, uid, argv);
    },
    /** The run, once its command was started. */
    started: (uid: string): Promise<ObservedRun> =>
      eventually(async () => {
        const run = await observed(uid);
        return run.command === null ? null : run;
      }),
    /** The run, once it is over. */
    ended: (uid: string): Promise<ObservedRun> =>
      eventually(async () => {
        const run = await observed(uid);
        return run.alive ? null : run;
      }),
    async close(): Promise<void> {
      runs.close();
      await tmux.kill();
      // A wrapper that is being hung up still writes into the folder.
      for (const uid of uids) await processes.signalTree(uid, [], 'SIGKILL');
      folder.remove();
    },
  };
};
