import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStateFiles } from '../../src/adapters/state-files.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { stateFilesConform } from './state-files.ts';
import { OLD_STATE_FILES, STATE_FILES, stateFilesOf } from '../simulation/ports/state-files.ts';
import { calmLife } from './calm-life.ts';

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

stateFilesConform('of the simulated disk', () => {
  const { machine, life, driven } = calmLife();
  const { disk } = machine;
  return {
    files: driven(stateFilesOf({ life, machine })),
    textOf: (name) => disk.file(`${STATE_FILES}/${name}.json`)?.text ?? null,
    put: (file, text) => disk.replace(`${STATE_FILES}/${file}`, text),
    takeDirectoryAway: () => disk.removeDirectory(STATE_FILES),
    archived: () => disk.list(OLD_STATE_FILES).map((file) => disk.read(`${OLD_STATE_FILES}/${file}`)),
    remove: () => {},
  };
});
