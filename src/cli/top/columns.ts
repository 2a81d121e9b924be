import { stripVTControlCharacters } from 'node:util';
import type { Paint } from '../context.ts';
import { paintPhase } from '../kinds/project.ts';
import { ageText } from '../output/age.ts';
import { sizeText } from '../output/size.ts';
import { GAP } from '../output/table.ts';
import type { TopRow } from './sample.ts';

interface Column {
  readonly title: string;
  readonly of: (row: TopRow, nowMs: number, paint: Paint) => string;
  /** Where there is too little room, the column with the largest number goes first. */
  readonly dispensable: number;
}

const NOTHING = '-';

const COLUMNS: readonly Column[] = [
  { title: 'NAME', of: ({ name }) => name, dispensable: 0 },
  { title: 'PHASE', of: (row, _, paint) => phaseText(row, paint), dispensable: 0 },
  { title: 'AGE', of: ({ createdAt }, nowMs) => ageText(createdAt, nowMs), dispensable: 4 },
  { title: 'ATTEMPT', of: ({ attempt }) => String(attempt), dispensable: 6 },
  { title: 'RESTARTS', of: ({ restarts }) => String(restarts), dispensable: 5 },
  {
    title: 'BEAT',
    of: ({ lastBeatAt }, nowMs) => (lastBeatAt === null ? NOTHING : ageText(lastBeatAt, nowMs)),
    dispensable: 3,
  },
  { title: 'CPU', of: ({ cpu }) => (cpu === null ? NOTHING : `${Math.round(100 * cpu)}%`), dispensable: 1 },
  {
    title: 'MEMORY',
    of: ({ memoryBytes }) => (memoryBytes === 0 ? NOTHING : sizeText(memoryBytes)),
    dispensable: 2,
  },
  { title: 'WHY', of: ({ reason, message }) => (message === '' ? reason : `${reason}: ${message}`), dispensable: 7 },
];

/** The last column is what people read, and cut short it still says something. */
const LEAST_OF_LAST = 12;

const phaseText = ({ phase, stalled, unknown }: TopRow, paint: Paint): string => {
  if (stalled) return paint.red('Stalled');
  return unknown ? paint.yellow('Unknown') : paintPhase(phase, paint);
};

/** A table as far as it fits: titles and cells of the columns that have room, and the columns' widths. */
export interface Fitted {
  readonly titles: readonly string[];
  readonly widths: readonly number[];
  cells(row: TopRow): readonly string[];
}

/** Chooses the columns for a width by what the rows need; `width` may be infinite. */
export const fitColumns = (rows: readonly TopRow[], width: number, nowMs: number, paint: Paint): Fitted => {
  const needs = new Map(
    COLUMNS.map(({ title, of }) => [
      title,
      rows.reduce((most, row) => Math.max(most, stripVTControlCharacters(of(row, nowMs, paint)).length), title.length),
    ]),
  );
  const needOf = ({ title }: Column): number => needs.get(title) ?? 0;
  const leastOf = (column: Column): number => (column === COLUMNS.at(-1) ? LEAST_OF_LAST : needOf(column));
  const total = (columns: readonly Column[]): number =>
    columns.reduce((sum, column) => sum + leastOf(column) + GAP, -GAP);

  let shown = COLUMNS;
  while (total(shown) > width && shown.some(({ dispensable }) => dispensable > 0)) {
    const worst = Math.max(...shown.map(({ dispensable }) => dispensable));
    shown = shown.filter(({ dispensable }) => dispensable < worst);
  }
  const spare = width - total(shown);
  // What is left over is for the last column; what is still lacking, the names go without.
  const widths = shown.map((column, index) => {
    if (column === COLUMNS.at(-1)) return Math.min(needOf(column), leastOf(column) + spare);
    return index === 0 ? Math.max(1, needOf(column) + Math.min(0, spare)) : needOf(column);
  });
  return {
    titles: shown.map(({ title }) => title),
    widths,
    cells: (row) => shown.map(({ of }) => of(row, nowMs, paint)),
  };
};
