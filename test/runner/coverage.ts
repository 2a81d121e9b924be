import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { byFolder, type CoverageSummary, shortfalls } from './coverage-floors.ts';

export interface Coverage {
  /** Added to the environment of every test file: V8 writes what it saw there, grandchildren included. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * Prints the table of src/ and its folders, and forgets the data. False when c8 could not make one, or when all
   * tests were run and a folder is covered less than it must be.
   */
  report(root: string, wasWhole: boolean): boolean;
}

export function startCoverage(): Coverage {
  const data = mkdtempSync(join(tmpdir(), 'tmuxlet-coverage-'));
  const reports = join(data, 'reports');
  return {
    env: { NODE_V8_COVERAGE: data },
    report: (root, wasWhole) => {
      try {
        const c8 = createRequire(import.meta.url).resolve('c8/bin/c8.js');
        // Not --all: files of types alone are never loaded, and whatever else is gets loaded by the tests of `run`.
        const wanted = ['--reporter', 'text', '--reporter', 'json-summary', '--include', 'src/**'];
        const places = ['--temp-directory', data, '--reports-dir', reports];
        const { status } = spawnSync(process.execPath, [c8, 'report', ...places, ...wanted], {
          cwd: root,
          stdio: 'inherit',
        });
        return status === 0 && judge(join(reports, 'coverage-summary.json'), root, wasWhole);
      } finally {
        rmSync(data, { recursive: true, force: true });
      }
    },
  };
}

function judge(file: string, root: string, wasWhole: boolean): boolean {
  const folders = byFolder(JSON.parse(readFileSync(file, 'utf8')) as CoverageSummary, root);
  console.log('');
  for (const { folder, lines, branches } of folders) {
    console.log(`${folder}: ${lines.toFixed(2)} % of lines, ${branches.toFixed(2)} % of branches`);
  }
  const missing = wasWhole ? shortfalls(folders) : [];
  for (const sentence of missing) console.log(`✘ ${sentence}`);
  return missing.length === 0;
}
