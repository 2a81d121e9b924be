import { type Content, html, type Markup } from '../html.ts';

export interface Column {
  readonly label: string;
  readonly kind?: 'number';
}

export interface Row {
  /** Of the row, unique on the page: by it the live page knows a row again. */
  readonly id: string;
  /** The first names the row. */
  readonly cells: readonly Content[];
}

export interface Table {
  /** Unique on the page; the style sheet chooses the widths of columns by it. */
  readonly name: string;
  /** A heading, by which people find it who listen. */
  readonly caption: Content;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Said in place of a table without rows. */
  readonly empty: Content;
}

/**
 * A table whose rows are laid out by the style sheet: in columns, or on a phone each as a card. A browser forgets what
 * a table is when it is laid out so; the roles say it again.
 */
export const table = ({ name, caption, columns, rows, empty }: Table): Markup => {
  const id = `table-${name}`;
  return html`
    <div class=${`table ${name}`}>
      <h2 id=${id}>${caption}</h2>
      ${
        rows.length === 0
          ? html`<p class="empty">${empty}</p>`
          : html`
            <table role="table" aria-labelledby=${id}>
              <thead role="rowgroup">
                <tr role="row">
                  ${columns.map(({ label, kind }) => html`<th role="columnheader" scope="col" class=${kind}>${label}</th>`)}
                </tr>
              </thead>
              <tbody role="rowgroup">
                ${rows.map(({ id, cells }) => html`<tr role="row" id=${id}>${cells.map((cell, index) => cellMarkup(cell, columns[index], index))}</tr>`)}
              </tbody>
            </table>
          `
      }
    </div>
  `;
};

const cellMarkup = (cell: Content, column: Column | undefined, index: number): Markup =>
  index === 0
    ? html`<th role="rowheader" scope="row">${cell}</th>`
    : html`<td role="cell" class=${column?.kind} data-label=${column?.label}>${cell}</td>`;
