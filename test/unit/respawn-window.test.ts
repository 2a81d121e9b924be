import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RespawnWindow } from '../../src/api/action.ts';
import type { ProcessIdentity } from '../../src/api/observation.ts';
import type { Processes } from '../../src/api/ports/processes.ts';
import type { Runs } from '../../src/api/ports/runs.ts';
import type { Tmux } from '../../src/api/ports/tmux.ts';
import type { Hands } from '../../src/controllers/executors/hands.ts';
import { respawnWindow } from '../../src/controllers/executors/respawn-window.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const ACTION: RespawnWindow = {
  kind: 'RespawnWindow',
  shard: 0,
  sessionId: '$1',
  tags: { owner: 'o', uid: 'uid-web', project: 'web', attempt: 1, specHash: 'h' },
  paneId: '%1',
  window: { name: 'main', run: 2, command: 'true', cwd: '/', env: {}, envFile: null, logs: false },
};

/** Respawns a window of which these processes live before SIGKILL, and those after it; how often tmux was asked. */
const respawned = async (before: readonly ProcessIdentity[], after: readonly ProcessIdentity[]): Promise<number> => {
  let respawns = 0;
  const hands = {
    clock: new ManualClock(),
    wake: () => {},
    processes: {
      signalTree: async () => before.length,
      observe: async () => ({ of: (_, window) => (window === 'main' ? after : []) }),
    } as Partial<Processes> as Processes,
    runs: { prepare: async () => ['true'], watch: () => {} } as Partial<Runs> as Runs,
    tmux: { respawnPane: async () => void (respawns += 1) } as Partial<Tmux> as Tmux,
  } as Partial<Hands> as Hands;
  await respawnWindow(hands, ACTION).catch((error: unknown) => assert.match(String(error), 'process 7 of window main'));
  return respawns;
};

const test = suite('respawning a window');

test('begins nothing beside a process that SIGKILL does not end (I1)', async () => {
  const stuck = { pid: 7, startTicks: 70 };
  assert.is(await respawned([stuck], [stuck]), 0);
  assert.is(await respawned([stuck], []), 1);
  assert.is(await respawned([], []), 1);
});

test.run();
