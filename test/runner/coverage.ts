import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';

export interface Coverage {
  /** Added to the environment of every test file: V8 writes what it saw there, grandchildren included. */
  readonly env: NodeJS.ProcessEnv;
  /** Prints the table of src/ and forgets the data. False when c8 could not make one. */
  report(root: string): boolean;
}

export function startCoverage(): Coverage {
  const data = mkdtempSync(join(tmpdir(), 'tmuxlet-coverage-'));
  return {
    env: { NODE_V8_COVERAGE: data },
    report: (root) => {
      const c8 = createRequire(import.meta.url).resolve('c8/bin/c8.js');
      // Not --all: files of types alone are never loaded, and whatever else is gets loaded by the tests of `run`.
      const options = ['--temp-directory', data, '--reporter', 'text', '--include', 'src/**'];
      const { status } = spawnSync(process.execPath, [c8, 'report', ...options], { cwd: root, stdio: 'inherit' });
      rmSync(data, { recursive: true, force: true });
      return status === 0;
    },
  };
}
