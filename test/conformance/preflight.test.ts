import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { openPreflight, type PreflightOptions } from '../../src/adapters/preflight/preflight.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import { runHere } from '../../src/adapters/programs/run-here.ts';
import type { ListedSession } from '../../src/api/observation.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { preflightConforms } from './preflight.ts';
import { preflightOf } from '../simulation/ports/preflight.ts';
import { WORK } from '../simulation/places.ts';
import { calmLife } from './calm-life.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';

preflightConforms('of this machine', () => {
  const folder = temporaryFolder();
  const clock = systemClock();
  const sessions: ListedSession[] = [];
  const options: PreflightOptions = {
    stateDir: folder.path,
    database: join(folder.path, 'tmuxlet.db'),
    baseEnvironment: { PATH, HOME: folder.path },
    run: runHere(openProcesses(clock)),
    clock,
    sessions: async () => sessions,
  };
  let preflight = openPreflight(options);
  return {
    preflight: { check: (name, spec) => preflight.check(name, spec) },
    directory(name) {
      mkdirSync(join(folder.path, name));
      return join(folder.path, name);
    },
    file(name) {
      writeFileSync(join(folder.path, name), '');
      return join(folder.path, name);
    },
    takeSessionName: (name) =>
      void sessions.push({
        shard: 0,
        id: '$7',
        name,
        createdAt: 0,
        attached: 0,
        tags: null,
        claimed: false,
        panes: [],
      }),
    fillDisk() {
      preflight = openPreflight({ ...options, leastFreeBytes: 2 ** 60 });
    },
    elapsed: (work) => work,
    remove: folder.remove,
  };
});

preflightConforms('of the simulated machine', () => {
  const { machine, life, elapsed } = calmLife();
  const { disk, tmux } = machine;
  disk.makeDirectory(WORK);
  return {
    preflight: preflightOf({ life, machine, ownerId: 'ours' }),
    directory(name) {
      disk.makeDirectory(`${WORK}/${name}`);
      return `${WORK}/${name}`;
    },
    file(name) {
      disk.replace(`${WORK}/${name}`, '');
      return `${WORK}/${name}`;
    },
    takeSessionName(name) {
      const pane = { name: 'bash', argv: [], cwd: '/' };
      tmux.start('people', tmux.socket).newSession('people', { name, pane });
    },
    fillDisk() {
      disk.isFull = true;
    },
    elapsed,
    remove: () => {},
  };
});
