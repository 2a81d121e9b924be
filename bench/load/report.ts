import { cpus, totalmem } from 'node:os';
import type { Findings, Step } from './findings.ts';
import { mebibytes, milliseconds, percent, percentile, seconds } from './numbers.ts';
import { DEFAULTS, type LoadOptions } from './options.ts';

export const summaryOf = ({ projects }: LoadOptions, { ramp, hold, steps }: Findings): string => {
  const complaints = [ramp, ...steps].flatMap((step) => step.complaints).length;
  const idle = ((100 * hold.spent.controllerMs) / hold.spent.ms).toFixed(2);
  return (
    `${ramp.running} of ${projects} Running after ${seconds(ramp.ms)} ` +
    `(p99 ${seconds(percentile(ramp.latenciesMs, 0.99))}), ${idle} % CPU converged, ${complaints} complaints`
  );
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** How many Projects became Running in each tenth of the time that it took. */
const overTime = ({ ramp }: Findings): string => {
  const tenth = ramp.ms / 10;
  const runningAt = (ms: number): number => ramp.marks.findLast((mark) => mark.ms <= ms)?.count ?? 0;
  const rows = Array.from({ length: 10 }, (_, index) => {
    const [from, to] = [index * tenth, (index + 1) * tenth];
    const more = runningAt(to + 1) - runningAt(index === 0 ? -1 : from + 1);
    return [seconds(to), String(runningAt(to + 1)), `${((1000 * more) / tenth).toFixed(0)}/s`];
  });
  return table(['after', 'Running', 'rate'], rows);
};

const stepRow = ({ name, what, ms, spent, passes, complaints }: Step): readonly string[] => [
  `${name}: ${what}`,
  seconds(ms),
  seconds(spent.controllerMs),
  seconds(spent.tmuxMs),
  String(passes.passes),
  milliseconds(passes.p50Ms),
  milliseconds(passes.p99Ms),
  milliseconds(passes.lagP99Ms),
  complaints.length === 0 ? 'none' : complaints.slice(0, 3).join('; '),
];

const spread = (spans: readonly number[]): string =>
  `${milliseconds(percentile(spans, 0.5))} / ${milliseconds(percentile(spans, 0.99))}`;

/** The figures of one run, as a page of Markdown. */
export const figuresOf = (options: LoadOptions, findings: Findings): string => {
  const { bare, ramp, hold, steps, busyAtStart } = findings;
  const { length } = ramp.latenciesMs;
  const each = (bytes: number): string => `${(bytes / 1024 / Math.max(1, ramp.running)).toFixed(0)} KiB a Project`;
  const idle = (ms: number): string => `${((100 * ms) / hold.spent.ms).toFixed(2)} % of a core`;
  const rate = (1000 * ramp.running) / ramp.ms;
  return [
    `${cpus().length} cores, ${mebibytes(totalmem())} of memory, load average ${busyAtStart.toFixed(1)} before the run ` +
      `(what else runs on the machine slows all times; CPU and memory it does not).`,
    `${options.projects} Projects, each with one session whose window runs \`${options.command}\`, logs kept; ` +
      `\`maxConcurrentStarts\` ${options.starts} (the default is 5).`,
    '## Ramp',
    table(
      ['', ''],
      [
        ['Running', `${ramp.running} of ${options.projects}`],
        ['first manifest written, until the last Project is Running', seconds(ramp.ms)],
        ['sessions a second', rate.toFixed(0)],
        [
          'bare tmux, as many sessions by control mode',
          `${seconds(bare.ms)}, ${((1000 * bare.sessions) / bare.ms).toFixed(0)}/s`,
        ],
        ['ratio of the times', (ramp.ms / bare.ms).toFixed(1)],
        ...(length === 0
          ? []
          : [
              [
                'a manifest written, until its Project is Running: p50 / p99',
                `${seconds(percentile(ramp.latenciesMs, 0.5))} / ${seconds(percentile(ramp.latenciesMs, 0.99))}`,
              ],
            ]),
        ['CPU of the controller, of tmux', `${seconds(ramp.spent.controllerMs)}, ${seconds(ramp.spent.tmuxMs)}`],
        ['CPU of the controller for each Project', milliseconds(ramp.spent.controllerMs / Math.max(1, ramp.running))],
      ],
    ),
    overTime(findings),
    ...(ramp.held.length === 0
      ? []
      : [
          '## Where it ended',
          table(
            ['what the others say', 'Projects'],
            ramp.held.map(([why, count]) => [why, String(count)]),
          ),
        ]),
    '## Hold',
    table(
      ['', ''],
      [
        ['left alone for', seconds(hold.spent.ms)],
        ['CPU of the controller', idle(hold.spent.controllerMs)],
        ['CPU of the tmux servers', idle(hold.spent.tmuxMs)],
        ['rows written', String(hold.written)],
        ['memory of the controller', `${mebibytes(hold.controller.rssBytes)}, ${each(hold.controller.rssBytes)}`],
        [
          `memory of ${hold.tmux.servers} tmux servers`,
          `${mebibytes(hold.tmux.rssBytes)}, ${each(hold.tmux.rssBytes)}`,
        ],
        [
          'bare tmux with as many sessions',
          `${mebibytes(bare.rssBytes)}; ratio ${(hold.tmux.rssBytes / bare.rssBytes).toFixed(1)}`,
        ],
        ...hold.around.map(({ program, count, bytes }) => [
          `memory of ${count} processes \`${program}\``,
          `${mebibytes(bytes)}, ${each(bytes)}`,
        ]),
        ['open files of the controller, of the tmux servers', `${hold.controller.openFiles}, ${hold.tmux.openFiles}`],
        ['database, its write-ahead log', `${mebibytes(hold.databaseBytes)}, ${mebibytes(hold.walBytes)}`],
        ['a scrape of /metrics: p50 / p99', spread(hold.scrapeMs)],
        ['a list of all Projects by the API: p50 / p99', spread(hold.listMs)],
        ['one Project by the API: p50 / p99', spread(hold.oneMs)],
      ],
    ),
    '## Every stage',
    table(
      [
        'stage',
        'time',
        'CPU of the controller',
        'of tmux',
        'passes',
        'p50 of a pass',
        'p99 of a pass',
        'p99 of the loop’s lag',
        'wrong',
      ],
      [ramp, ...steps].map(stepRow),
    ),
    `Share of the machine that a resync every five minutes takes: ${percent(resyncShare(steps))} of a core.`,
  ].join('\n\n');
};

const EVERY_MS = 300_000;

const resyncShare = (steps: readonly Step[]): number =>
  (steps.find(({ name }) => name === 'resync')?.spent.controllerMs ?? 0) / EVERY_MS;

const command = (options: LoadOptions): string => {
  const flags = [
    `--projects ${options.projects}`,
    `--hold-seconds ${options.holdSeconds}`,
    ...(options.starts === DEFAULTS.starts ? [] : [`--starts ${options.starts}`]),
    ...(options.openFiles === null ? [] : [`--open-files ${options.openFiles}`]),
  ];
  return `npm run load -- ${flags.join(' ')} --report FILE`;
};

const BEGIN = '<!-- figures: made by npm run load -->';
const END = '<!-- end of the figures -->';

/** The page with these figures in place of those it had; what people have written around them stays. */
export const pageWith = (page: string | null, options: LoadOptions, findings: Findings): string => {
  const figures = `${BEGIN}\n\n\`${command(options)}\` gave this:\n\n${figuresOf(options, findings)}\n\n${END}`;
  const [before, after] = [page?.indexOf(BEGIN) ?? -1, page?.indexOf(END) ?? -1];
  if (page === null || before < 0 || after < before) return `# Load\n\n${figures}\n`;
  return page.slice(0, before) + figures + page.slice(after + END.length);
};
