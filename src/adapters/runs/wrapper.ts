import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { wrapperName } from '../processes/wrapper-process.ts';
import { WRAPPER_SCRIPT } from './wrapper-script.ts';

/**
 * Puts the wrapper script into the state directory and returns its path. The name holds a hash of the
 * content: a shell reads its script as it goes, so one that is in use must never be written over.
 */
export const installWrapper = (stateDir: string): string => {
  const hash = createHash('sha256').update(WRAPPER_SCRIPT).digest('hex').slice(0, 12);
  const file = join(stateDir, wrapperName(hash));
  if (!existsSync(file)) {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileAtomic.sync(file, WRAPPER_SCRIPT, { mode: 0o700 });
  }
  return file;
};
