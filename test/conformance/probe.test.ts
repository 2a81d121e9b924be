import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { openHeartbeatProbe } from '../../src/adapters/heartbeat/probe.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import { runHere } from '../../src/adapters/programs/run-here.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { probeConforms } from './probe.ts';
import { probeOf } from '../simulation/ports/probe.ts';
import { WORK } from '../simulation/places.ts';
import { calmLife } from './calm-life.ts';

probeConforms('of this machine', () => {
  const { path, remove } = temporaryFolder();
  const marks = join(path, 'marks');
  return {
    probe: openHeartbeatProbe({
      stateDir: path,
      baseEnvironment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      run: runHere(openProcesses(systemClock())),
    }),
    path,
    counted: `printf . >>${marks}`,
    runs: () => (existsSync(marks) ? statSync(marks).size : 0),
    elapsed: (work) => work,
    remove,
  };
});

probeConforms('of the simulated machine', () => {
  const { machine, life, elapsed } = calmLife();
  machine.disk.makeDirectory(WORK);
  const counted = 'printf .';
  return {
    probe: probeOf({ life, machine }),
    path: WORK,
    counted,
    runs: () => machine.programsRun.filter((line) => line === counted).length,
    elapsed,
    remove: () => {},
  };
});
