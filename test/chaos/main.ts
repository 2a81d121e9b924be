/**
 * Breaks everything around a real controller on real tmux, and has an observer of its own judge what comes of it
 * (docs/chaos.md):
 *
 *   npm run chaos -- --minutes 10 --projects 50 [--seed N] [--report FILE]
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { beginInOwnMounts } from '../helpers/own-mounts.ts';
import { chaos } from './chaos.ts';
import { writeReport } from './report.ts';

const HELP = `npm run chaos -- [options]

  --minutes N | --seconds N  how long faults are injected (10 minutes)
  --projects N               how many Projects are declared (50)
  --pause MS                 mean pause between the beginnings of two faults (20,000 ms by the number of Projects)
  --seed N                   which faults, in which order; told in the summary (by chance)
  --only PIECE               only faults whose kind holds this text; may be repeated
  --report FILE              write the report there, between its marks where the file has them
  --keep                     leave the folder behind; after a violation it always is
  --help

Ends with 0, with 1 after a violation, with 2 when it cannot be run so, with 130 when it was interrupted; what was started
is ended in each case.`;

/** As shells say it of what ended by Ctrl-C. */
const INTERRUPTED = 130;

const readArguments = () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      projects: { type: 'string', default: '50' },
      pause: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      report: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      // Set by itself, where the process has mounts of its own.
      'own-mounts': { type: 'boolean', default: false },
    },
  });
  const number = (name: string, text: string | undefined, least: number): number | null => {
    if (text === undefined) return null;
    const value = Number(text);
    if (!(value >= least)) throw new RangeError(`--${name} must be a number, ${least} or more, not "${text}"`);
    return value;
  };
  const seconds = number('seconds', values.seconds, 1) ?? (number('minutes', values.minutes, 0.1) ?? 10) * 60;
  const projects = Math.round(number('projects', values.projects, 1) ?? 50);
  const pauseMs = number('pause', values.pause, 1) ?? Math.max(250, Math.min(2_000, 20_000 / projects));
  const seed = Math.round(number('seed', values.seed, 0) ?? randomInt(0x7fff_ffff));
  return { ...values, stormMs: seconds * 1000, projects, pauseMs, seed };
};

const run = async (): Promise<number> => {
  const options = readArguments();
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const interrupted = new AbortController();
  // Each time: npm passes on the Ctrl-C that the terminal sends as well, and who waits for another must not end first.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
  if (!options['own-mounts']) {
    // There a small disk for the state directory is nobody's trouble.
    const code = beginInOwnMounts();
    if (code !== null) return code;
  }
  const { report, line, ledger, kept } = await chaos({
    ...options,
    ownMounts: options['own-mounts'],
    signal: interrupted.signal,
    say: (text) => console.error(text),
  });
  if (options.report !== undefined) writeReport(options.report, report);
  console.log(report);
  for (const { rule, message, history } of ledger.violations) {
    console.log(`VIOLATION of ${rule}: ${message}\n${history.map((each) => `    ${each}`).join('\n')}\n`);
  }
  if (kept !== null) console.log(`kept to be looked at: ${kept}`);
  if (ledger.violations.length > 0) {
    console.log(
      `again: npm run chaos -- --seed ${options.seed} --seconds ${options.stormMs / 1000} --projects ${options.projects}`,
    );
  }
  console.log(line);
  if (ledger.violations.length > 0) return 1;
  return interrupted.signal.aborted ? INTERRUPTED : 0;
};

try {
  process.exitCode = await run();
} catch (error) {
  const isInterrupted = error instanceof Error && error.name === 'AbortError';
  const isUsage = error instanceof RangeError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage || isInterrupted ? error.message : error);
  process.exitCode = isInterrupted ? INTERRUPTED : 2;
}
