import type { Catch } from './hunt.ts';

const BEGIN = '<!-- mutants: made by npm run simulate:mutants -->';
const END = '<!-- end of the mutants -->';

/** What caught each mutation, as a table in Markdown. */
export const tableOf = (caught: readonly Catch[]): string =>
  [
    '| mutation | breaks | in `src/` | caught by | seeds |',
    '|---|---|---|---|---|',
    ...caught.map(
      ({ mutation: { name, breaks, file }, invariant, seeds }) =>
        `| ${name} | ${breaks} | \`${file}\` | ${invariant ?? '**NOT CAUGHT**'} | ${seeds} |`,
    ),
  ].join('\n');

/**
 * The document with the table between its markers.
 * @throws Error when it lacks them
 */
export const withMutants = (document: string, caught: readonly Catch[]): string => {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`the document lacks the lines ${BEGIN} and ${END}, in this order`);
  return `${document.slice(0, from)}${BEGIN}\n\n${tableOf(caught)}\n\n${document.slice(to)}`;
};
