/**
 * Many Projects at once under a real controller: what starts, how fast, what it takes, and where it ends
 * (`npm run load -- --help`).
 */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { Findings } from './findings.ts';
import { HELP, type LoadOptions, readOptions } from './options.ts';
import { complaintsOf, pageWith, summaryOf, textOf } from './report.ts';
import { NoRoom, runLoad } from './run.ts';

/** As shells say it of what ended by Ctrl-C. */
const INTERRUPTED = 130;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const asked = (): LoadOptions | null | undefined => {
  try {
    const options = readOptions(process.argv.slice(2));
    // What takes minutes is not measured for a file that cannot be written.
    for (const file of [options?.report, options?.json]) if (file) closeSync(openSync(file, 'a'));
    return options;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
};

const tell = (options: LoadOptions, findings: Findings): number => {
  const { report, json } = options;
  if (json !== null) writeFileSync(json, `${JSON.stringify({ options, findings }, null, 2)}\n`);
  if (report !== null) writeFileSync(report, pageWith(readFileSync(report, 'utf8'), options, findings));
  process.stdout.write(`${textOf(options, findings)}\n\n`);
  const complaints = complaintsOf(findings);
  for (const complaint of complaints.slice(0, 50)) say(complaint);
  process.stdout.write(`${summaryOf(options, findings)}\n`);
  return complaints.length > 0 ? 1 : 0;
};

const run = async (options: LoadOptions): Promise<number> => {
  const interrupted = new AbortController();
  // What was started is ended first. Once is not enough: npm passes on the Ctrl-C that the terminal sends as well.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
  try {
    return tell(options, await runLoad(options, say, interrupted.signal));
  } catch (error) {
    if (interrupted.signal.aborted) {
      say('interrupted; what was started has been ended');
      return INTERRUPTED;
    }
    if (!(error instanceof NoRoom)) throw error;
    say(`${error.message} To see where it ends: --overfill.`);
    return 2;
  }
};

const options = asked();
if (options === undefined) process.exitCode = 2;
else if (options === null) process.stdout.write(HELP);
else process.exitCode = await run(options);
