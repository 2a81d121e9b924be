import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { openLogFiles } from '../../src/adapters/log-files.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { logFilesConform } from './log-files.ts';
import { logFilesOf } from '../simulation/ports/log-files.ts';
import { calmLife } from './calm-life.ts';

logFilesConform('on the real disk', () => {
  const { path, remove } = temporaryFolder();
  return {
    logs: openLogFiles(path, { maxBytes: 10, keep: 2 }),
    openWriter(file) {
      const descriptor = openSync(file, 'a');
      return { write: (text) => void writeSync(descriptor, text), close: () => closeSync(descriptor) };
    },
    textOf: (file) => (existsSync(file) ? readFileSync(file, 'utf8') : null),
    remove,
  };
});

logFilesConform('on the simulated disk', () => {
  const { machine, life, driven } = calmLife();
  const { disk } = machine;
  return {
    logs: driven(logFilesOf({ life, machine }, { maxBytes: 10, keep: 2 })),
    openWriter(path) {
      const file = disk.open(path);
      return { write: (text) => disk.overwrite(file, file.text + text), close: () => {} };
    },
    textOf: (file) => disk.file(file)?.text ?? null,
    remove: () => {},
  };
});
