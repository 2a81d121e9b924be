import type { Document, LineCounter } from 'yaml';
import type { z } from 'zod';
import { visible } from '../../api/visible.ts';
import { knownKeys, nearest, type Step } from './known-keys.ts';
import { fieldOf, offsetOfKey, offsetOfValue, placeOf, positionOf } from './places.ts';

/** One thing that is wrong with a manifest, and where. */
export interface Problem {
  /** Index into the text. */
  readonly offset: number;
  /** `spec.path`; empty when the problem is the document's own. */
  readonly field: string;
  readonly message: string;
}

/** `file:line:column: field: message`. */
const printProblem = (file: string, lines: LineCounter, { offset, field, message }: Problem): string =>
  visible(`${file}:${positionOf(lines, offset)}: ${field === '' ? '' : `${field}: `}${message}`);

/** As many as a person mends at one go. */
const MOST = 20;

/** The problems of a text as people read them, in order of place. */
export const printProblems = (file: string, lines: LineCounter, problems: readonly Problem[]): readonly string[] => {
  const shown = problems.slice(0, MOST).sort((a, b) => a.offset - b.offset);
  const more = { offset: shown.at(-1)?.offset ?? 0, field: '', message: 'there are more problems; mend these first' };
  return [...shown, ...(problems.length > MOST ? [more] : [])].map((problem) => printProblem(file, lines, problem));
};

/** What the schema found wrong, each at the place in the text that a person must change. */
export const schemaProblems = (
  document: Document.Parsed,
  schema: z.ZodType,
  error: z.ZodError | undefined,
): readonly Problem[] =>
  // To find the place of each of ten thousand would take minutes.
  (error?.issues.slice(0, MOST + 1) ?? []).flatMap((issue) => {
    const path = issue.path as Step[];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.slice(0, MOST + 1).map((key) => unknownKey(document, schema, path, key));
    }
    const field = fieldOf(path);
    if (isMissing(document, path)) {
      return [{ offset: offsetOfKey(placeOf(document, path.slice(0, -1))), field, message: 'is required' }];
    }
    const place = placeOf(document, path);
    return [
      issue.code === 'invalid_key'
        ? { offset: offsetOfKey(place), field, message: issue.issues[0]?.message ?? issue.message }
        : { offset: offsetOfValue(place), field, message: explain(issue, document.getIn(path)) },
    ];
  });

const unknownKey = (document: Document.Parsed, schema: z.ZodType, parent: Step[], key: string): Problem => {
  const path = [...parent, key];
  const meant = nearest(key, knownKeys(schema, parent));
  return {
    offset: offsetOfKey(placeOf(document, path)),
    field: fieldOf(path),
    message: `unknown key${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
  };
};

const isMissing = (document: Document.Parsed, path: Step[]): boolean =>
  path.length > 0 && document.hasIn(path.slice(0, -1)) && !document.hasIn(path);

const explain = (issue: z.core.$ZodIssue, found: unknown): string => {
  if (issue.code !== 'invalid_value') {
    return issue.message.replace(/^Invalid input: /, '').replace(/^Too (small|big): /, '');
  }
  const values = issue.values.map(String);
  const meant = typeof found === 'string' ? nearest(found, values) : undefined;
  const allowed = values.map((value) => `"${value}"`).join(values.length > 2 ? ', ' : ' or ');
  const rule = `must be ${values.length > 2 ? 'one of ' : ''}${allowed}`;
  return values.length > 1 && meant !== undefined ? `${rule}; did you mean "${meant}"?` : rule;
};
