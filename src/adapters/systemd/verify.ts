import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { signed } from './unit-files.ts';
import type { Units } from './units.ts';

const LIMIT_MS = 30_000;

/** What systemd itself has to say against the units: lines, none when it is content; null where it is not installed. */
export const verifyUnits = async (units: Units, isUser: boolean): Promise<readonly string[] | null> => {
  const folder = await mkdtemp(join(tmpdir(), 'tmuxlet-units-'));
  try {
    const files = Object.keys(units).map((name) => join(folder, name));
    await Promise.all(Object.entries(units).map(([name, text]) => writeFile(join(folder, name), signed(text))));
    const scope = isUser ? ['--user'] : [];
    const args = ['verify', '--man=no', '--recursive-errors=no', ...scope, ...files];
    const { all, code, exitCode } = await execa('systemd-analyze', args, {
      // A user's manager is looked up by it; its contents do not matter here.
      env: { XDG_RUNTIME_DIR: folder },
      all: true,
      reject: false,
      timeout: LIMIT_MS,
    });
    if (code === 'ENOENT') return null;
    const lines = (all ?? '').split('\n').filter((line) => line !== '');
    return exitCode === 0 ? [] : lines;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
