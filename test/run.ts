/**
 * Runs test files under uvu, one process each, and believes nothing that is not proven (docs in
 * CONTRIBUTING.md). The last line is always `N passed, N failed, N skipped`.
 *
 *   node test/run.ts [--timeout SECONDS] [--coverage] [FILE | PIECE OF A PATH]…
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCoverage } from './runner/coverage.ts';
import { findTestFiles } from './runner/find-files.ts';
import { judge, ONE_FAILURE, type Verdict } from './runner/judge.ts';
import { runFile } from './runner/run-file.ts';

/** Two cores are what CI has; more would only make timings worse. */
const CONCURRENCY = 2;

const root = fileURLToPath(new URL('..', import.meta.url));
const { timeoutMs, withCoverage, patterns } = readArguments();

const interrupted = new AbortController();
// Each time: npm passes on the Ctrl-C that the terminal sends as well.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());

const { files, unmatched } = findTestFiles(root, patterns);
const coverage = withCoverage ? startCoverage() : null;
const verdicts: Verdict[] = [];

const waiting = files.values();
const worker = async (): Promise<void> => {
  for (const file of waiting) {
    verdicts.push(interrupted.signal.aborted ? ONE_FAILURE : await testOne(file));
  }
};
await Promise.all(Array.from({ length: CONCURRENCY }, worker));

for (const pattern of unmatched) {
  console.log(`✘ no test file matches "${pattern}"`);
  verdicts.push(ONE_FAILURE);
}
if (coverage?.report(root, patterns.length === 0) === false) verdicts.push(ONE_FAILURE);

const sum = (key: 'passed' | 'failed' | 'skipped'): number => verdicts.reduce((total, each) => total + each[key], 0);
process.exitCode = sum('failed') > 0 ? 1 : 0;
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);

function readArguments(): { timeoutMs: number; withCoverage: boolean; patterns: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { timeout: { type: 'string', default: '120' }, coverage: { type: 'boolean', default: false } },
    });
    const timeoutMs = Number(values.timeout) * 1_000;
    if (!(timeoutMs > 0)) throw new RangeError(`--timeout must be a number of seconds, not "${values.timeout}"`);
    return { timeoutMs, withCoverage: values.coverage, patterns: positionals };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

async function testOne(file: string): Promise<Verdict> {
  const end = await runFile(resolve(root, file), {
    timeoutMs,
    env: { ...process.env, ...coverage?.env },
    signal: interrupted.signal,
  });
  const verdict = judge(end);
  const skipped = verdict.skipped > 0 ? `, ${verdict.skipped} skipped` : '';
  const seconds = `${(end.ms / 1_000).toFixed(1)} s`;
  if (verdict.problem === null) console.log(`• ${file}: ${verdict.passed} passed${skipped} (${seconds})`);
  else console.log(`✘ ${file}: ${verdict.problem} (${seconds})\n${end.output}`);
  return verdict;
}
