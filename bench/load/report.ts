import { tableText } from '../../src/cli/output/table.ts';
import type { Findings } from './findings.ts';
import { percentile, seconds } from './numbers.ts';
import { DEFAULTS, type LoadOptions } from './options.ts';
import { resyncShare, type Section, sectionsOf } from './sections.ts';

export const complaintsOf = ({ ramp, steps }: Findings): readonly string[] =>
  [ramp, ...steps].flatMap(({ complaints }) => complaints);

export const summaryOf = ({ projects }: LoadOptions, findings: Findings): string => {
  const { ramp, hold } = findings;
  const idle = ((100 * hold.spent.controllerMs) / hold.spent.ms).toFixed(2);
  const end = ramp.endedBy === null ? '' : `; it ended there by: ${ramp.endedBy}`;
  return (
    `${ramp.running} of ${projects} Running after ${seconds(ramp.ms)} ` +
    `(p99 ${seconds(percentile(ramp.latenciesMs, 0.99))}), ${idle} % CPU converged, ` +
    `${complaintsOf(findings).length} complaints${end}`
  );
};

/** What the figures are of. */
const introOf = (options: LoadOptions, { machine, busyAtStart }: Findings): readonly string[] => [
  `${machine}; load average ${busyAtStart.toFixed(1)} before the run (what else runs on the machine slows all times; ` +
    `CPU and memory it does not).`,
  `${options.projects} Projects, each with one session whose window runs \`${options.command}\`, logs kept; ` +
    `\`maxConcurrentStarts\` ${options.starts} (the default is 5).`,
];

const outroOf = (findings: Findings): readonly string[] => {
  const share = resyncShare(findings);
  return share === null ? [] : [`Share of the machine that a resync every five minutes takes: ${share}.`];
};

const inMarkdown = ({ title, head, rows }: Section): string =>
  [`### ${title}\n`, ...[head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`)].join('\n');

const inColumns = ({ title, head, rows }: Section): string =>
  `${title}\n\n${tableText(head.some((cell) => cell !== '') ? [head, ...rows] : rows)}`;

/** All figures, for a terminal. */
export const textOf = (options: LoadOptions, findings: Findings): string =>
  [...introOf(options, findings), ...sectionsOf(options, findings).map(inColumns), ...outroOf(findings)].join('\n\n');

const commandOf = (options: LoadOptions): string => {
  const flags = [
    `--projects ${options.projects}`,
    ...(options.step === null ? [] : [`--step ${options.step}`]),
    ...(options.slowestSeconds === DEFAULTS.slowestSeconds ? [] : [`--slowest-seconds ${options.slowestSeconds}`]),
    ...(options.overfill ? ['--overfill'] : []),
    `--hold-seconds ${options.holdSeconds}`,
    ...(options.starts === DEFAULTS.starts ? [] : [`--starts ${options.starts}`]),
    ...(options.openFiles === null ? [] : [`--open-files ${options.openFiles}`]),
    ...(options.skipFaults ? ['--skip-faults'] : []),
  ];
  return `npm run load -- ${flags.join(' ')} --report FILE`;
};

const END = '<!-- end of the figures -->';

/** Where a page has the figures of a run of this kind. */
const beginOf = ({ step }: LoadOptions): string =>
  step === null ? '<!-- figures: made by npm run load -->' : '<!-- figures: made by npm run load -- with --step -->';

/** The page with these figures in place of those it had of such a run; what people have written around them stays. */
export const pageWith = (page: string, options: LoadOptions, findings: Findings): string => {
  const begin = beginOf(options);
  const parts = [
    begin,
    `\`${commandOf(options)}\` gave this:`,
    ...introOf(options, findings),
    ...sectionsOf(options, findings).map(inMarkdown),
    ...outroOf(findings),
    END,
  ];
  const figures = parts.join('\n\n');
  const before = page.indexOf(begin);
  const after = page.indexOf(END, before);
  if (before < 0 || after < 0) return `# Load\n\n${figures}\n`;
  return page.slice(0, before) + figures + page.slice(after + END.length);
};
