import type { FieldConfig, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Answer } from './ask.ts';
import { fieldOf } from './field.ts';
import { written } from './values.ts';

type Row = Map<string, string | number>;

interface Organized {
  readonly indexByName: Readonly<Record<string, number>>;
  readonly renameByName: Readonly<Record<string, string>>;
}

/** A row for each set of labels; what has fewer labels joins the rows it agrees with, as Grafana's merge has it. */
const merged = (answers: readonly Answer[]): readonly Row[] => {
  const rows: Row[] = [];
  const single = answers.length === 1;
  // Those with most labels first: the others find their rows then.
  const all = answers
    .flatMap(({ refId, series }) => series.map((each) => ({ field: single ? 'Value' : `Value #${refId}`, ...each })))
    .sort((a, b) => Object.keys(b.labels).length - Object.keys(a.labels).length);
  for (const { field, labels, points } of all) {
    const value = points.at(-1)?.[1];
    if (value === undefined) continue;
    const own = Object.entries(labels);
    let row = rows.find((each) => own.every(([label, text]) => each.get(label) === text));
    if (row === undefined) {
      row = new Map(own);
      rows.push(row);
    }
    row.set(field, value);
  }
  return rows;
};

const sortedBy = (rows: readonly Row[], field: string, descending: boolean): readonly Row[] => {
  const valueOf = (row: Row): number => Number(row.get(field) ?? -Infinity);
  return rows.toSorted((a, b) => (descending ? valueOf(b) - valueOf(a) : valueOf(a) - valueOf(b)));
};

const cell = (value: string | number | undefined, config: FieldConfig): VNode => {
  if (typeof value !== 'number') {
    const isLink = (config.links ?? []).length > 0;
    return html`<td class=${isLink ? 'link' : ''}>${value ?? ''}</td>`;
  }
  const { text, color } = written(value, config);
  const isColored = config.custom.cellOptions !== undefined && color !== 'transparent';
  return html`<td class=${isColored ? 'colored' : ''} style=${isColored ? { '--color': color } : {}}>${text}</td>`;
};

/** Rows of what is there, the most urgent first. */
export const drawTable = (panel: Panel, answers: readonly Answer[]): VNode => {
  const organize = panel.transformations?.find(({ id }) => id === 'organize');
  if (organize === undefined) throw new Error(`the columns of ${panel.title} are in no order`);
  const { indexByName, renameByName } = organize.options as Organized;
  const fields = Object.keys(renameByName).sort((a, b) => (indexByName[a] ?? 0) - (indexByName[b] ?? 0));
  const nameOf = (field: string): string => renameByName[field] ?? field;
  const [sorting] = panel.options.sortBy as readonly { displayName: string; desc: boolean }[];
  const sorted = fields.find((field) => nameOf(field) === sorting?.displayName) ?? '';
  const rows = sortedBy(merged(answers), sorted, sorting?.desc ?? false);
  return html`<table>
    <thead>
      <tr>${fields.map((field) => html`<th>${nameOf(field)}${field === sorted ? (sorting?.desc ? ' ↓' : ' ↑') : ''}</th>`)}</tr>
    </thead>
    <tbody>
      ${rows.map((row) => html`<tr>${fields.map((field) => cell(row.get(field), fieldOf(panel, nameOf(field))))}</tr>`)}
    </tbody>
  </table>`;
};
