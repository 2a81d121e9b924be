import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStateFiles } from '../../src/adapters/state-files.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { stateFilesConform } from './state-files.ts';

stateFilesConform('of the real disk', () => {
  const folder = temporaryFolder();
  const directory = join(folder.path, 'state');
  const archive = join(folder.path, 'archive');
  const fileOf = (name: string): string => join(directory, `${name}.json`);
  return {
    files: openStateFiles(directory, archive),
    textOf: (name) => (existsSync(fileOf(name)) ? readFileSync(fileOf(name), 'utf8') : null),
    put: (file, text) => writeFileSync(join(directory, file), text),
    takeDirectoryAway: () => rmSync(directory, { recursive: true }),
    archived: () => readdirSync(archive).map((file) => readFileSync(join(archive, file), 'utf8')),
    remove: folder.remove,
  };
});
