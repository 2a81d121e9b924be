import { stripVTControlCharacters } from 'node:util';
import type { FileEnd } from './run-file.ts';

/** Precedes what uvu alone would have kept to itself. */
export const HIDDEN = 'uvu would have hidden: ';

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why the file failed, in one line; null when it passed. */
  readonly problem: string | null;
}

/** What failed without a file having been run. */
export const ONE_FAILURE: Verdict = { passed: 0, failed: 1, skipped: 0, problem: 'not run' };

/** Passed is only what says so in every way there is: one summary, its numbers, the exit code, and an end in time. */
export function judge(end: FileEnd): Verdict {
  const stdout = stripVTControlCharacters(end.stdout);
  const summaries = [...stdout.matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm)];
  const [total = 0, passed = 0, skipped = 0] = (summaries[0] ?? []).slice(1).map(Number);
  const problem = problemOf(end, summaries.length, { total, passed, skipped });
  return { passed, failed: problem === null ? 0 : Math.max(1, total - passed), skipped, problem };
}

function problemOf(
  end: FileEnd,
  summaries: number,
  { total, passed, skipped }: { readonly total: number; readonly passed: number; readonly skipped: number },
): string | null {
  const hidden = end.stderr.split(HIDDEN)[1]?.split('\n')[0];
  if (hidden !== undefined) return hidden;
  if (end.stopped === 'AfterSummary') {
    return 'did not end: its tests were through, but an open handle (timer, server, child, watcher) kept it alive';
  }
  if (end.stopped === 'TimeOut') return 'did not end in time: a test or a hook is still waiting';
  if (end.signal !== null) return `was killed by ${end.signal}`;
  if (summaries === 0) return `ended with code ${end.exitCode} before uvu gave its summary`;
  if (summaries > 1) return 'gave more than one summary: a suite was run after the others had ended';
  if (total === 0) return skipped > 0 ? 'every test is skipped: nothing was tested' : 'holds no test';
  if (passed !== total) return `${total - passed} of ${total} failed`;
  if (end.exitCode !== 0) return `ended with code ${end.exitCode} although every test passed`;
  return null;
}
