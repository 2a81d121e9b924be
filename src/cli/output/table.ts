import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** Between two columns. */
export const GAP = 3;

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(GAP),
};

/** Rows in columns as kubectl prints them; `widths` are the least widths of the columns. */
export const tableText = (rows: readonly (readonly string[])[], widths: readonly number[] = []): string => {
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: widths.map((width) => width),
  });
  for (const row of rows) table.push(row.map(oneLine));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};

/** The widths that rows need, at least as wide as before. */
export const widthsOf = (rows: readonly (readonly string[])[], before: readonly number[] = []): number[] =>
  (rows[0] ?? []).map((_, column) =>
    Math.max(before[column] ?? 0, ...rows.map((row) => stripVTControlCharacters(row[column] ?? '').length)),
  );

/** Control characters would tear the table, or do worse to the terminal; our own colours (ESC [ … m) stay. */
const oneLine = (cell: string): string =>
  // oxlint-disable-next-line no-control-regex -- they are what this is about
  cell.replace(/\u001b(?!\[[\d;]*m)|[\u0000-\u001a\u001c-\u001f\u007f-\u009f]+/g, ' ');
