import { PHASES } from '../../api/phase.ts';
import type { Paint } from '../context.ts';
import { paintPhase } from '../kinds/project.ts';
import { sizeText } from '../output/size.ts';
import { tableText } from '../output/table.ts';
import { fitColumns } from './columns.ts';
import { inOrder, type Order } from './order.ts';
import type { Sample } from './sample.ts';

export interface Look extends Order {
  /** Columns of the terminal; infinite for a pipe. */
  readonly width: number;
  /** Lines of the terminal; infinite for a pipe. */
  readonly height: number;
  /** So many rows are scrolled past. */
  readonly offset: number;
  readonly paint: Paint;
  /** Shown in the first line. */
  readonly stateDir: string;
}

/** Beside the header: an empty line, the titles, three rows, and what the keys do. */
const LEAST_BELOW = 6;

/** How many rows of Projects fit below the header. */
export const roomFor = (sample: Sample, look: Look): number =>
  Math.max(1, look.height - aboveOf(sample, look).length - 2);

/** The whole screen, a line each, but for the last: how all is, then the Projects. */
export const screenText = (sample: Sample, look: Look): readonly string[] => {
  const rows = inOrder(sample.rows, look);
  const shown = rows.slice(look.offset, look.offset + roomFor(sample, look));
  // All rows have their say about widths, so that scrolling moves no column.
  const fitted = fitColumns(rows, look.width, sample.at, look.paint);
  const table = tableText([fitted.titles, ...shown.map((row) => fitted.cells(row))], fitted.widths).split('\n');
  return [...aboveOf(sample, look).map((line) => cut(line, look.width)), ...table];
};

const aboveOf = (sample: Sample, look: Look): readonly string[] => {
  const header = headerOf(sample, look);
  return header.length === 0 ? [] : [...header, ''];
};

/** Where there is little room, the Projects come first. */
const headerOf = (sample: Sample, { paint, stateDir, height }: Look): readonly string[] =>
  [
    `${paint.bold('tmuxlet')} ${new Date(sample.at).toTimeString().slice(0, 8)}  ${controllerText(sample, paint)}  ${stateDir}`,
    phasesText(sample, paint),
    queuesText(sample, paint),
    usageText(sample),
  ].slice(0, Math.max(0, height - LEAST_BELOW));

const cut = (line: string, width: number): string => (width === Infinity ? line : tableText([[line]], [width]));

const controllerText = ({ checks }: Sample, paint: Paint): string => {
  if (checks === null) return paint.red('no controller is running; this is how the last one left things');
  const bad = checks.filter(({ ok }) => !ok).map(({ name, message }) => `${name}: ${message}`);
  return bad.length === 0 ? `controller ${paint.green('well')}` : paint.red(`not well: ${bad.join('; ')}`);
};

const phasesText = ({ rows }: Sample, paint: Paint): string => {
  const stalled = rows.filter((row) => row.stalled).length;
  const counts = PHASES.map((phase) => ({ phase, count: rows.filter((row) => row.phase === phase).length }));
  const parts = [
    ...counts.filter(({ count }) => count > 0).map(({ phase, count }) => `${count} ${paintPhase(phase, paint)}`),
    ...(stalled > 0 ? [paint.red(`${stalled} stalled`)] : []),
  ];
  return `Projects ${rows.length}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
};

const queuesText = ({ queues }: Sample, paint: Paint): string => {
  const parts = queues.map(({ name, maxConcurrent, admitted, waiting }) => {
    const waits = waiting > 0 ? paint.yellow(` +${waiting} waiting`) : '';
    return `${name} ${admitted}/${maxConcurrent}${waits}`;
  });
  return `Queues ${parts.join(', ')}`;
};

const usageText = ({ rows }: Sample): string => {
  const sum = (of: (row: Sample['rows'][number]) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const cpu = Math.round(100 * sum((row) => row.cpu ?? 0));
  return `CPU ${cpu}%, memory ${sizeText(sum((row) => row.memoryBytes))}, ${sum((row) => row.processes)} processes`;
};

/** What the keys do. */
export const helpText = ({ sort, reversed, paint, width }: Look): string => {
  const now = `by ${sort}${reversed ? ', reversed' : ''}`;
  const long = `${now}   t n c m a r h: trouble name cpu memory age restarts heartbeat   ↑↓: scroll   q: quit`;
  return paint.dim(cut(long.length <= width ? long : `${now}   t n c m a r h: sort   q: quit`, width));
};
