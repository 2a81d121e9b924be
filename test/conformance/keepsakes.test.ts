import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { openKeepsakes } from '../../src/adapters/keepsakes.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { keepsakesConform } from './keepsakes.ts';
import { BACKUPS, keepsakesOf } from '../simulation/ports/keepsakes.ts';
import { calmLife } from './calm-life.ts';

keepsakesConform('on the real disk', () => {
  const folder = temporaryFolder();
  const backups = join(folder.path, 'backups');
  return {
    keepsakes: openKeepsakes(join(folder.path, 'archive'), backups, {
      limits: { days: 90, maxBytes: 1_000_000 },
      clock: systemClock(),
      note: () => {},
    }),
    textOf: (file) => readFileSync(file, 'utf8'),
    filesIn: (path) => readdirSync(path).sort(),
    leaveHalf(name) {
      mkdirSync(join(backups, `.${name}`), { recursive: true });
      writeFileSync(join(backups, `.${name}`, 'half'), '');
    },
    remove: folder.remove,
  };
});

keepsakesConform('on the simulated disk', () => {
  const { machine, life, driven } = calmLife();
  const { disk } = machine;
  return {
    keepsakes: driven(keepsakesOf({ life, machine })),
    textOf: (file) => disk.read(file),
    filesIn: (path) => disk.list(path),
    leaveHalf(name) {
      disk.makeDirectory(`${BACKUPS}/.${name}`);
      disk.replace(`${BACKUPS}/.${name}/half`, '');
    },
    remove: () => {},
  };
});
