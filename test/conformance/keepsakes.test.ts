import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKeepsakes } from '../../src/adapters/keepsakes.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { keepsakesConform } from './keepsakes.ts';

keepsakesConform('on the real disk', () => {
  const folder = temporaryFolder();
  const backups = join(folder.path, 'backups');
  return {
    keepsakes: openKeepsakes(join(folder.path, 'archive'), backups),
    textOf: (file) => readFileSync(file, 'utf8'),
    filesIn: (path) => readdirSync(path).sort(),
    leaveHalf(name) {
      mkdirSync(join(backups, `.${name}`), { recursive: true });
      writeFileSync(join(backups, `.${name}`, 'half'), '');
    },
    remove: folder.remove,
  };
});
