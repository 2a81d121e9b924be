/** Writes the rules of a Project's decision table into docs/architecture.md (`npm run decision-table`). */
import { readFileSync, writeFileSync } from 'node:fs';
import { decisionTable } from '../src/machines/project/table.ts';

export const ARCHITECTURE_FILE = new URL('../docs/architecture.md', import.meta.url);

const BEGIN = '<!-- decision table: made by npm run decision-table -->';
const END = '<!-- end of the decision table -->';

/** The rules in order, as a table in Markdown. A dash: the phase stays. */
export const tableText = (): string =>
  [
    '| # | rule | phase |',
    '|---|---|---|',
    ...decisionTable.map(({ line, to }, index) => `| ${index + 1} | ${line} | ${to ?? '-'} |`),
  ].join('\n');

/** The document with the table between its markers as the code now has it. */
export const withTable = (document: string): string => {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`the document lacks the lines ${BEGIN} and ${END}, in this order`);
  return `${document.slice(0, from)}${BEGIN}\n\n${tableText()}\n\n${document.slice(to)}`;
};

if (import.meta.main) writeFileSync(ARCHITECTURE_FILE, withTable(readFileSync(ARCHITECTURE_FILE, 'utf8')));
