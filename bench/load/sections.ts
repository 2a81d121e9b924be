import type { Findings, Rung, Step } from './findings.ts';
import { mebibytes, milliseconds, percent, percentile, seconds } from './numbers.ts';
import type { LoadOptions } from './options.ts';

/** A table with what it is about. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** All tables of a run, for a page as for a terminal. */
export const sectionsOf = (options: LoadOptions, findings: Findings): readonly Section[] => [
  rampOf(options, findings),
  ...(findings.ramp.rungs.length > 1 ? [rungsOf(findings)] : [overTime(findings)]),
  ...(findings.ramp.held.length > 0 ? [endOf(findings)] : []),
  holdOf(findings),
  stagesOf(findings),
];

const rampOf = (options: LoadOptions, { bare, ramp }: Findings): Section => {
  const rate = (count: number, ms: number): string => ((1000 * count) / ms).toFixed(0);
  const each = Math.max(1, ramp.running);
  return {
    title: 'Ramp',
    head: ['', ''],
    rows: [
      ['Running', `${ramp.running} of ${options.projects}`],
      ['ended by', ramp.endedBy ?? 'nothing: all run'],
      ['first manifest written, until the last Project is Running', seconds(ramp.ms)],
      ['sessions a second', rate(ramp.running, ramp.ms)],
      [
        `bare tmux, ${bare.sessions} sessions by control mode`,
        `${seconds(bare.ms)}, ${rate(bare.sessions, bare.ms)}/s`,
      ],
      ['ratio of the times a session', (ramp.ms / each / (bare.ms / bare.sessions)).toFixed(1)],
      ...(ramp.latenciesMs.length === 0
        ? []
        : [['a manifest written, until its Project is Running: p50 / p99', spread(ramp.latenciesMs, seconds)]]),
      ['CPU of the controller, of tmux', `${seconds(ramp.spent.controllerMs)}, ${seconds(ramp.spent.tmuxMs)}`],
      ['CPU of the controller for each Project', milliseconds(ramp.spent.controllerMs / each)],
    ],
  };
};

/** How many Projects became Running in each tenth of the time that it took. */
const overTime = ({ ramp }: Findings): Section => {
  const tenth = ramp.ms / 10;
  const runningAt = (ms: number): number => ramp.marks.findLast((mark) => mark.ms <= ms)?.count ?? 0;
  const rows = Array.from({ length: 10 }, (_, index) => {
    const [from, to] = [index * tenth, (index + 1) * tenth];
    const more = runningAt(to + 1) - runningAt(index === 0 ? -1 : from + 1);
    return [seconds(to), String(runningAt(to + 1)), `${((1000 * more) / tenth).toFixed(0)}/s`];
  });
  return { title: 'All at once, over time', head: ['after', 'Running', 'rate'], rows };
};

const rungsOf = ({ ramp }: Findings): Section => ({
  title: 'Step by step',
  head: [
    'declared',
    'Running',
    'time of the step',
    'slowest Project',
    'CPU of the controller',
    'p99 of a pass',
    'memory of the controller',
    'of tmux',
    'available',
    'open files of the controller',
    'of tmux',
  ],
  rows: ramp.rungs.map((rung: Rung) => [
    String(rung.declared),
    String(rung.running),
    seconds(rung.ms),
    rung.latenciesMs.length === 0 ? 'none came' : seconds(Math.max(...rung.latenciesMs)),
    seconds(rung.spent.controllerMs),
    milliseconds(rung.passes.p99Ms),
    mebibytes(rung.controller.rssBytes),
    mebibytes(rung.tmux.rssBytes),
    mebibytes(rung.availableBytes),
    String(rung.controller.openFiles),
    String(rung.tmux.openFiles),
  ]),
});

const endOf = ({ ramp }: Findings): Section => ({
  title: 'Where it ended',
  head: ['what the others say', 'Projects'],
  rows: ramp.held.map(([why, count]) => [why, String(count)]),
});

const holdOf = ({ bare, ramp, hold }: Findings): Section => {
  const each = (bytes: number): string => `${(bytes / 1024 / Math.max(1, ramp.running)).toFixed(0)} KiB a Project`;
  const idle = (ms: number): string => `${((100 * ms) / hold.spent.ms).toFixed(2)} % of a core`;
  const perSession = hold.tmux.rssBytes / Math.max(1, ramp.running) / (bare.rssBytes / bare.sessions);
  return {
    title: 'Hold',
    head: ['', ''],
    rows: [
      ['left alone for', seconds(hold.spent.ms)],
      ['CPU of the controller', idle(hold.spent.controllerMs)],
      ['CPU of the tmux servers', idle(hold.spent.tmuxMs)],
      ['rows written', String(hold.written)],
      ['memory of the controller', `${mebibytes(hold.controller.rssBytes)}, ${each(hold.controller.rssBytes)}`],
      [`memory of ${hold.tmux.servers} tmux servers`, `${mebibytes(hold.tmux.rssBytes)}, ${each(hold.tmux.rssBytes)}`],
      [`bare tmux with ${bare.sessions} sessions`, `${mebibytes(bare.rssBytes)}; ratio ${perSession.toFixed(1)}`],
      ...hold.around.map(({ program, count, bytes }) => [
        `memory of ${count} processes \`${program}\``,
        `${mebibytes(bytes)}, ${each(bytes)}`,
      ]),
      ['open files of the controller, of the tmux servers', `${hold.controller.openFiles}, ${hold.tmux.openFiles}`],
      ['database, its write-ahead log', `${mebibytes(hold.databaseBytes)}, ${mebibytes(hold.walBytes)}`],
      ['a scrape of /metrics: p50 / p99', spread(hold.scrapeMs, milliseconds)],
      ['a list of all Projects by the API: p50 / p99', spread(hold.listMs, milliseconds)],
      ['one Project by the API: p50 / p99', spread(hold.oneMs, milliseconds)],
    ],
  };
};

const stagesOf = ({ ramp, steps }: Findings): Section => ({
  title: 'Every stage',
  head: [
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
  rows: [ramp, ...steps].map(stageRow),
});

const stageRow = ({ name, what, ms, spent, passes, complaints }: Step): readonly string[] => [
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

const spread = (spans: readonly number[], inWords: (ms: number) => string): string =>
  `${inWords(percentile(spans, 0.5))} / ${inWords(percentile(spans, 0.99))}`;

const RESYNC_EVERY_MS = 300_000;

/** What a resync every five minutes takes; null when none was made. */
export const resyncShare = ({ steps }: Findings): string | null => {
  const resync = steps.find(({ name }) => name === 'resync');
  return resync === undefined ? null : `${percent(resync.spent.controllerMs / RESYNC_EVERY_MS)} of a core`;
};
