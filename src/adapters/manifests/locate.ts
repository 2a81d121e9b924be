import { type Document, isMap, isSeq, parseAllDocuments, type YAMLMap, type YAMLSeq } from 'yaml';
import { PARSE_OPTIONS } from './parse.ts';

/** A part of a text, from an index up to another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where a file's text declares a Project. */
export interface Located {
  readonly document: Document.Parsed;
  /** The document with its `---`, up to the next one. */
  readonly span: Span;
  /** The map with `metadata` and `spec`. */
  readonly project: YAMLMap.Parsed;
  /** The list that holds it, and its place there; null for a document of its own. */
  readonly list: { readonly items: YAMLSeq.Parsed; readonly index: number } | null;
  /** Nothing else is declared in the file. */
  readonly alone: boolean;
}

/** Every Project of a text, in order. Only for texts that parse. */
export const locateAll = (text: string): readonly Located[] => {
  const parsed = parseAllDocuments(text, { ...PARSE_OPTIONS, keepSourceTokens: true });
  const documents = Array.isArray(parsed) ? parsed : [];
  const found = documents.flatMap((document, index) => {
    const span = { from: document.range[0], to: documents[index + 1]?.range[0] ?? text.length };
    return projectsIn(document).map((project) => ({ ...project, document, span }));
  });
  return found.map((project) => ({ ...project, alone: found.length === 1 }));
};

/** The Project of that name, or undefined. */
export const locate = (text: string, name: string): Located | undefined =>
  locateAll(text).find((located) => nameOf(located) === name);

export const nameOf = ({ project }: Pick<Located, 'project'>): unknown => project.getIn(['metadata', 'name']);

const projectsIn = ({ contents }: Document.Parsed): readonly Pick<Located, 'project' | 'list'>[] => {
  if (!isMap(contents)) return [];
  const items = contents.get('items', true);
  if (!isSeq(items)) return [{ project: contents, list: null }];
  return items.items.flatMap((project, index) =>
    isMap(project) ? [{ project: project as YAMLMap.Parsed, list: { items: items as YAMLSeq.Parsed, index } }] : [],
  );
};

/** The text with a part of it replaced. */
export const splice = (text: string, { from, to }: Span, replacement: string): string =>
  text.slice(0, from) + replacement + text.slice(to);

/** How many characters stand before an index in its line. */
export const columnOf = (text: string, index: number): number => index - 1 - text.lastIndexOf('\n', index - 1);
