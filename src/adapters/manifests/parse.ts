import { dirname, resolve } from 'node:path';
import { type Document, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { ManifestList, ProjectManifest } from '../../api/manifest.ts';
import { documentValue } from './document-value.ts';
import { fieldOf, offsetOfValue, placeOf } from './places.ts';
import { type Problem, printProblems, schemaProblems } from './problems.ts';

/** What a manifest file says. */
export interface ParsedManifests {
  /** Its Projects with every default filled in and `spec.path` absolute; empty when anything in it is wrong. */
  readonly projects: readonly ProjectManifest[];
  /** Every `metadata.name` that could be read, in good and in bad items. */
  readonly names: readonly string[];
  /** What is wrong with it, `file:line:column: field: message`, in order of place; not all of very much. */
  readonly errors: readonly string[];
}

/** How every file for people is parsed, JSON and YAML alike. That no key is given twice is for `documentValue` to see. */
export const PARSE_OPTIONS = { prettyErrors: false, uniqueKeys: false, merge: true, logLevel: 'error' } as const;

/**
 * Reads the Projects of a file: one document or several, each a Project or a `List` of them.
 * The file's name is used for messages and for a relative `spec.path`.
 */
export const parseManifests = (text: string, file: string): ParsedManifests => {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { ...PARSE_OPTIONS, lineCounter: lines });
  const documents = Array.isArray(parsed) ? parsed.filter(saysSomething) : [];
  if (documents.length === 0) {
    const empty = { offset: 0, field: '', message: 'declares no Project; remove the file to delete its Projects' };
    return { projects: [], names: [], errors: printProblems(file, lines, [empty]) };
  }
  const readings = documents.map(readDocument);
  const items = readings.flatMap((reading) => reading.items);
  const problems = [...readings.flatMap((reading) => reading.problems), ...repeatedNames(items)];
  return {
    projects:
      problems.length === 0
        ? items.flatMap(({ manifest }) => (manifest === null ? [] : [locate(manifest, dirname(file))]))
        : [],
    names: [...new Set(items.map(({ name }) => name))],
    errors: printProblems(file, lines, problems),
  };
};

/** `---` with nothing but comments after it is no document. */
const saysSomething = ({ contents }: Document.Parsed): boolean => !isScalar(contents) || contents.value !== null;

interface Item {
  readonly name: string;
  /** Index of the name in the text. */
  readonly offset: number;
  readonly manifest: ProjectManifest | null;
}

interface Reading {
  readonly items: readonly Item[];
  readonly problems: readonly Problem[];
}

const readDocument = (document: Document.Parsed): Reading => {
  const kind = document.getIn(['kind']);
  const isList = kind === 'List' || kind === 'ProjectList';
  const schema = isList ? ManifestList : ProjectManifest;
  const value = documentValue(document);
  const checked = 'problems' in value ? null : schema.safeParse(value.value);
  const manifests = checked?.success ? manifestsOf(checked.data) : [];
  const paths = isList ? itemPaths(document) : [[]];
  return {
    items: paths.flatMap((path, index) => readName(document, path, manifests[index] ?? null)),
    problems: 'problems' in value ? value.problems : schemaProblems(document, schema, checked?.error),
  };
};

const manifestsOf = (data: ManifestList | ProjectManifest): readonly ProjectManifest[] =>
  data.kind === 'Project' ? [data] : data.items;

const itemPaths = (document: Document.Parsed): (string | number)[][] => {
  const items: unknown = document.get('items');
  const count = typeof items === 'object' && items !== null && 'items' in items ? (items.items as unknown[]).length : 0;
  return Array.from({ length: count }, (_, index) => ['items', index]);
};

const readName = (
  document: Document.Parsed,
  path: readonly (string | number)[],
  manifest: ProjectManifest | null,
): Item[] => {
  const at = [...path, 'metadata', 'name'];
  const name = document.getIn(at);
  return typeof name === 'string' ? [{ name, offset: offsetOfValue(placeOf(document, at)), manifest }] : [];
};

const repeatedNames = (items: readonly Item[]): readonly Problem[] => {
  const seen = new Set<string>();
  return items.flatMap(({ name, offset }) => {
    const isRepeated = seen.has(name);
    seen.add(name);
    const message = `"${name}" is declared twice in this file`;
    return isRepeated ? [{ offset, field: fieldOf(['metadata', 'name']), message }] : [];
  });
};

const locate = (manifest: ProjectManifest, folder: string): ProjectManifest => ({
  ...manifest,
  spec: { ...manifest.spec, path: resolve(folder, manifest.spec.path) },
});
