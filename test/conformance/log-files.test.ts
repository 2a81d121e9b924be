import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { openLogFiles } from '../../src/adapters/log-files.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { logFilesConform } from './log-files.ts';

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
