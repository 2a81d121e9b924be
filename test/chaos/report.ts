import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, release } from 'node:os';
import type { Ledger } from './ledger.ts';

export interface Summary {
  readonly seed: number;
  readonly projects: number;
  readonly stormMs: number;
  /** From the end of the storm until all was as it should be; null when it was not in time. */
  readonly settledMs: number | null;
  readonly windows: number;
  readonly looks: number;
  readonly beats: number;
  readonly bystanders: number;
  readonly controllerLives: number;
  readonly controllerCpuMs: number;
  readonly loadBefore: number;
  /** So long it held all resumes back, since most had failed. */
  readonly breakerOpenMs: number;
}

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? 0;

const ms = (value: number): string => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en'));

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** What was done and what came of it, as Markdown. */
export const reportOf = ({ injected, skipped, repairs, violations }: Ledger, summary: Summary): string => {
  const byKind = Map.groupBy(repairs, ({ kind }) => kind);
  const kinds = [...new Set([...injected.keys(), ...byKind.keys()])].sort();
  const rows = kinds.map((kind) => {
    const spans = (byKind.get(kind) ?? []).map((repair) => repair.ms);
    const times = spans.length === 0 ? ['', '', ''] : [0.5, 0.99, 1].map((part) => ms(percentile(spans, part)));
    return [kind, String(injected.get(kind) ?? ''), spans.length === 0 ? '' : String(spans.length), ...times];
  });
  const minutes = summary.stormMs / 60_000;
  return [
    `Seed ${summary.seed}: ${summary.projects} Projects with ${summary.windows} windows, a storm of ${minutes.toFixed(1)} minutes, on ` +
      `${availableParallelism()} cores of Linux ${release()} whose load was ${summary.loadBefore.toFixed(1)} before and ` +
      `${(loadavg()[0] ?? 0).toFixed(1)} at the end.`,
    '',
    table(['fault, or what was repaired', 'injected', 'repairs', 'p50 ms', 'p99 ms', 'longest ms'], rows),
    '',
    ...[...skipped].map(([kind, why]) => `Left out: ${kind} (${why}).`),
    `The observer looked ${summary.looks} times and read ${summary.beats} signs of life; ${summary.bystanders} foreign sessions ` +
      `were made. The controller had ${summary.controllerLives} lives and used ` +
      `${(summary.controllerCpuMs / 1000).toFixed(1)} s of CPU; its fleet breaker was open for ` +
      `${Math.round(summary.breakerOpenMs / 1000)} s. ` +
      (summary.settledMs === null
        ? 'After the storm not all became as it should be.'
        : `After the storm all was as it should be within ${(summary.settledMs / 1000).toFixed(1)} s.`),
    `Violations: ${violations.length === 0 ? 'none' : violations.map(({ rule, message }) => `${rule}: ${message}`).join('; ')}.`,
    '',
  ].join('\n');
};

const BEGIN = '<!-- report: made by npm run chaos -- --report -->';
const END = '<!-- end of the report -->';

/** Between its marks where the file has them, else as the whole of it. */
export const writeReport = (file: string, report: string): void => {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  const isMarked = from >= 0 && to > from;
  writeFileSync(file, isMarked ? `${text.slice(0, from)}${BEGIN}\n\n${report}\n${text.slice(to)}` : report);
};

/** One line for whoever runs it. */
export const summaryLine = ({ injected, repairs, violations }: Ledger, { seed }: Summary): string => {
  const faults = [...injected.values()].reduce((sum, count) => sum + count, 0);
  const kills = repairs.filter(({ kind }) => kind === 'primary killed').map((repair) => repair.ms);
  return (
    `seed ${seed}: ${faults} faults of ${injected.size} kinds, ${repairs.length} repairs, ` +
    `a killed primary in ${ms(percentile(kills, 0.5))} ms (p50) and ${ms(percentile(kills, 0.99))} ms (p99), ` +
    `${violations.length} violations`
  );
};
