/** Writes the tables of all metrics into docs/metrics.md (`npm run metrics-doc`). */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Registry } from 'prom-client';
import { createMetrics, type MetricsSources } from '../src/telemetry/metrics.ts';
import { METRIC_GROUPS } from './metric-questions.ts';

export const METRICS_FILE = new URL('../docs/metrics.md', import.meta.url);

const BEGIN = '<!-- metrics: made by npm run metrics-doc -->';
const END = '<!-- end of the metrics -->';

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** The registry as the controller has it. Nothing is scraped, so that of the sources only these are ever asked. */
const registryOf = (): Registry =>
  createMetrics({ version: '', reader: { queues: () => [] }, places: {} } as unknown as MetricsSources).registry;

/** Every metric there is. The library does not declare what it keeps of each. */
export const allMetrics = (): readonly Metric[] => registryOf().getMetricsAsArray() as unknown as readonly Metric[];

const row = ({ name, type, help, labelNames }: Metric, question: string): string =>
  `| \`${name}\` | ${type} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${help} | ${question} |`;

/** The metrics by group, each with the question it is good for. */
export const tablesText = (): string => {
  const metrics = new Map(allMetrics().map((metric) => [metric.name, metric]));
  return METRIC_GROUPS.map(({ title, questions }) =>
    [
      `### ${title}`,
      '',
      '| name | type | labels | what it is | good for |',
      '|---|---|---|---|---|',
      ...Object.entries(questions).flatMap(([name, question]) => {
        const metric = metrics.get(name);
        return metric ? [row(metric, question)] : [];
      }),
    ].join('\n'),
  ).join('\n\n');
};

/** The document with the tables between its markers as the code now has them. */
export const withTables = (document: string): string => {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`the document lacks the lines ${BEGIN} and ${END}, in this order`);
  return `${document.slice(0, from)}${BEGIN}\n\n${tablesText()}\n\n${document.slice(to)}`;
};

if (import.meta.main) {
  writeFileSync(METRICS_FILE, withTables(readFileSync(METRICS_FILE, 'utf8')));
  // The library's watch over the event loop goes on otherwise.
  process.exit();
}
