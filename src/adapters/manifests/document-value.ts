import { type Document, isScalar, visit } from 'yaml';
import { messageOf } from '../../api/errors.ts';
import { fieldOf } from './places.ts';
import type { Problem } from './problems.ts';

/** What a document says, or all that keeps it from saying anything. */
export type DocumentValue = { readonly value: unknown } | { readonly problems: readonly Problem[] };

/** For documents that were parsed with PARSE_OPTIONS. */
export const documentValue = (document: Document.Parsed): DocumentValue => {
  const problems = [...repeatedKeys(document), ...brokenSyntax(document)];
  if (problems.length > 0) return { problems };
  try {
    return { value: document.toJS() };
  } catch (error) {
    // Aliases that multiply beyond all measure, or lead nowhere.
    return { problems: [{ offset: document.range[0], field: '', message: messageOf(error) }] };
  }
};

/** The parser's own look for them compares each key of a map with each other: minutes for a large one. */
const repeatedKeys = (document: Document.Parsed): readonly Problem[] => {
  const problems: Problem[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          problems.push({
            offset: key.range?.[0] ?? 0,
            field: fieldOf([String(key.value)]),
            message: 'is given twice',
          });
        }
        seen.add(key.value);
      }
    },
  });
  return problems;
};

/** A torn text makes a follow-up error for each bracket: the first says it all. */
const brokenSyntax = ({ errors: [first] }: Document.Parsed): readonly Problem[] =>
  first === undefined ? [] : [{ offset: first.pos[0], field: '', message: wordsOf(first) }];

const wordsOf = ({ code, message }: Document.Parsed['errors'][number]): string =>
  code === 'RESOURCE_EXHAUSTION' ? 'is nested too deeply' : lowerFirst(message);

const lowerFirst = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);
