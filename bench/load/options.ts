import { parseArgs } from 'node:util';

/** What a run of the load is to do. */
export interface LoadOptions {
  /** Projects, each with one session. */
  readonly projects: number;
  /** So many more are declared each time those before run; null: all at once. */
  readonly step: number | null;
  /** A step whose slowest Project takes longer to run is the last one. */
  readonly slowestSeconds: number;
  /** Tries even where the machine has no room for so many. */
  readonly overfill: boolean;
  /** How long the converged controller is left alone while its use of the machine is measured. */
  readonly holdSeconds: number;
  /** `maxConcurrentStarts` of the controller, whose own default is 5. */
  readonly starts: number;
  /** Open files the controller may have; null leaves the limit as it is. A way to see where it ends. */
  readonly openFiles: number | null;
  /** What the window of each Project runs. */
  readonly command: string;
  /** Ends after the hold, without faults. */
  readonly skipFaults: boolean;
  /** Nothing more is expected when so long nothing has got on. */
  readonly stallSeconds: number;
  /** Where the page is written; null: nowhere. */
  readonly report: string | null;
  /** Where all that was measured is written as JSON; null: nowhere. */
  readonly json: string | null;
  /** Where a CPU profile of the controller is written for each stage; null: nowhere. */
  readonly profiles: string | null;
}

export const DEFAULTS: LoadOptions = {
  projects: 1000,
  step: null,
  slowestSeconds: 60,
  overfill: false,
  holdSeconds: 60,
  starts: 64,
  openFiles: null,
  command: 'echo at work; exec sleep 1000000',
  skipFaults: false,
  stallSeconds: 20,
  report: null,
  json: null,
  profiles: null,
};

export const HELP = `Runs many Projects at once under a real controller, on tmux servers of their own, and says what that takes.

  npm run load -- [--projects ${DEFAULTS.projects}] [--hold-seconds ${DEFAULTS.holdSeconds}] [--report FILE]
  npm run load -- --projects 10000 --step 250 --overfill     # where does it end, and by what?

  --projects N         so many Projects, one session each (${DEFAULTS.projects})
  --step N             declares N more each time those before run; ends at the first step that does not come up
  --slowest-seconds N  ... or whose slowest Project takes longer to run (${DEFAULTS.slowestSeconds})
  --overfill           tries even where the machine has no room for so many
  --hold-seconds N     how long they are left alone while idle CPU is measured (${DEFAULTS.holdSeconds})
  --starts N           maxConcurrentStarts of the controller (${DEFAULTS.starts}; its own default is 5)
  --open-files N       lowers the controller's limit of open files, to see where it ends
  --command LINE       what each window runs (${DEFAULTS.command})
  --skip-faults        ends after the hold
  --stall-seconds N    gives up waiting when nothing got on for so long (${DEFAULTS.stallSeconds})
  --report FILE        writes the page of figures, between its marks where the file has them
  --json FILE          writes all that was measured
  --profiles FOLDER    writes a CPU profile of the controller for each stage; it costs some of what is measured
  --help

Exit codes: 0 all as expected, 1 something is missing, doubled or wrong, 2 wrong flags or no room for so many,
130 interrupted. Whatever was started is ended in each case.
`;

type WholeNumber = 'projects' | 'step' | 'slowest-seconds' | 'hold-seconds' | 'starts' | 'open-files' | 'stall-seconds';

/** What the command line asks for; null when it asks for help. Throws where it makes no sense. */
export const readOptions = (args: readonly string[]): LoadOptions | null => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      projects: { type: 'string' },
      step: { type: 'string' },
      'slowest-seconds': { type: 'string' },
      overfill: { type: 'boolean', default: false },
      'hold-seconds': { type: 'string' },
      starts: { type: 'string' },
      'open-files': { type: 'string' },
      command: { type: 'string' },
      'skip-faults': { type: 'boolean', default: false },
      'stall-seconds': { type: 'string' },
      report: { type: 'string' },
      json: { type: 'string' },
      profiles: { type: 'string' },
    },
  });
  if (values.help) return null;
  const whole = (flag: WholeNumber, least: number) => {
    const text = values[flag];
    if (text === undefined) return undefined;
    if (!/^\d+$/.test(text) || Number(text) < least) {
      throw new RangeError(`--${flag} must be a whole number of at least ${least}, not "${text}"`);
    }
    return Number(text);
  };
  return {
    projects: whole('projects', 1) ?? DEFAULTS.projects,
    step: whole('step', 1) ?? DEFAULTS.step,
    slowestSeconds: whole('slowest-seconds', 1) ?? DEFAULTS.slowestSeconds,
    overfill: values.overfill,
    holdSeconds: whole('hold-seconds', 0) ?? DEFAULTS.holdSeconds,
    starts: whole('starts', 1) ?? DEFAULTS.starts,
    openFiles: whole('open-files', 64) ?? DEFAULTS.openFiles,
    command: values.command ?? DEFAULTS.command,
    skipFaults: values['skip-faults'],
    stallSeconds: whole('stall-seconds', 1) ?? DEFAULTS.stallSeconds,
    report: values.report ?? null,
    json: values.json ?? null,
    profiles: values.profiles ?? null,
  };
};
