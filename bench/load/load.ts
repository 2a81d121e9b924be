/**
 * Many Projects at once under a real controller: what starts, how fast, what it takes, and where it ends
 * (`npm run load -- --help`).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { HELP, type LoadOptions, readOptions } from './options.ts';
import { pageWith, summaryOf } from './report.ts';
import { runLoad } from './run.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const asked = (): LoadOptions | null | undefined => {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
};

const options = asked();
if (options === undefined) {
  process.exitCode = 2;
} else if (options === null) {
  process.stdout.write(HELP);
} else {
  const interrupted = new AbortController();
  // What was started is ended first.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
  const findings = await runLoad(options, say, interrupted.signal);
  const { report } = options;
  if (report !== null) {
    const page = existsSync(report) ? readFileSync(report, 'utf8') : null;
    writeFileSync(report, pageWith(page, options, findings));
  }
  const complaints = [findings.ramp, ...findings.steps].flatMap((step) => step.complaints);
  for (const complaint of complaints.slice(0, 50)) say(complaint);
  process.stdout.write(`${summaryOf(options, findings)}\n`);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
