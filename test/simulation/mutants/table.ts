import type { Catch } from './hunt.ts';

const BEGIN = '<!-- mutants: made by npm run simulate:mutants -->';
const END = '<!-- end of the mutants -->';

const HEAD = ['| mutation | breaks | in `src/` | caught by | seeds |', '|---|---|---|---|---|'];

const rowOf = ({ mutation: { name, breaks, file }, invariant, seeds }: Catch): string =>
  `| ${name} | ${breaks} | \`${file}\` | ${invariant ?? '**NOT CAUGHT**'} | ${seeds} |`;

/** The rows of a table that this has made, by the mutation. */
const rowsIn = (table: string): ReadonlyMap<string, string> =>
  new Map(table.split('\n').flatMap((row) => (row.startsWith('| ') ? [[row.split(' ')[1] ?? '', row]] : [])));

/**
 * The document with the table between its markers: what caught each of these mutations, in their order. Rows of those
 * that were not hunted now stay as they are.
 * @throws Error when it lacks the markers
 */
export const withMutants = (document: string, names: readonly string[], caught: readonly Catch[]): string => {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`the document lacks the lines ${BEGIN} and ${END}, in this order`);
  const before = rowsIn(document.slice(from, to));
  const now = new Map(caught.map((each) => [each.mutation.name, rowOf(each)]));
  const rows = names.flatMap((name) => now.get(name) ?? before.get(name) ?? []);
  return `${document.slice(0, from)}${BEGIN}\n\n${[...HEAD, ...rows].join('\n')}\n\n${document.slice(to)}`;
};
