import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { systemClock } from '../../src/adapters/clock.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import { openRuns } from '../../src/adapters/runs/runs.ts';
import { openStateFiles } from '../../src/adapters/state-files.ts';
import { openStore } from '../../src/store/store.ts';
import { beginInOwnMounts, hasOwnMounts } from '../helpers/own-mounts.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { runsOf } from '../simulation/ports/runs.ts';
import { stateFilesOf } from '../simulation/ports/state-files.ts';
import { STORE_TROUBLES } from '../simulation/store.ts';
import { calmLife } from './calm-life.ts';
import { type FullDiskBench, fullDiskConforms } from './full-disk.ts';

const BYTES = '4m';

const thrownBy = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
};

/** Takes every byte that is left. */
const fillDisk = (file: string): void => {
  const fd = openSync(file, 'a');
  for (const size of [65_536, 4096, 1]) {
    const block = Buffer.alloc(size, 1);
    while (thrownBy(() => writeSync(fd, block)) === null);
  }
  closeSync(fd);
};

const realDisk = (): FullDiskBench => {
  const { path, remove } = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${BYTES}`, 'none', path]);
  const clock = systemClock();
  const ballast = join(path, 'ballast');
  const stateDir = join(path, 's');
  mkdirSync(stateDir);
  const runs = openRuns({ stateDir, baseEnvironment: {}, processes: openProcesses(clock), clock });
  const store = openStore(join(path, 'tmuxlet.db'), { now: Date.now });
  const fillRow = (): void => store.transaction((writes) => writes.setSetting('x', 'y'.repeat(100_000)));
  return {
    files: openStateFiles(join(stateDir, 'state'), join(stateDir, 'archive')),
    runs,
    fill: () => fillDisk(ballast),
    free: () => rmSync(ballast),
    storeError: () => thrownBy(fillRow),
    async remove() {
      store.close();
      runs.close();
      execFileSync('umount', ['-l', path]);
      remove();
    },
  };
};

const simulatedDisk = (): FullDiskBench => {
  const { machine, life, driven } = calmLife();
  const { disk } = machine;
  return {
    files: driven(stateFilesOf({ life, machine })),
    runs: driven(runsOf({ life, machine })),
    fill: () => void (disk.isFull = true),
    free: () => void (disk.isFull = false),
    storeError: () => STORE_TROUBLES[0]?.(),
    remove: async () => {},
  };
};

const exitCode = beginInOwnMounts();
if (exitCode !== null) process.exitCode = exitCode;
else {
  fullDiskConforms('simulated', simulatedDisk);
  if (hasOwnMounts()) fullDiskConforms('real, a small tmpfs', realDisk);
  else {
    const test = suite('a full disk: real');
    test.skip('to mount a small disk takes root, and mounts of one’s own');
    test.run();
  }
}
