import { isMap, isNode, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { columnOf, locate, splice } from './locate.ts';

/**
 * The text with the Project's `spec.suspend` set, all else untouched to the byte: comments, order and layout.
 * Unchanged where this place cannot be edited, such as an alias.
 */
export const setSuspend = (text: string, name: string, suspend: boolean): string => {
  const spec = locate(text, name)?.project.get('spec', true);
  if (!isMap(spec)) return text;
  const present = pairOf(spec, 'suspend');
  if (present !== undefined) return replaceScalar(text, present.value, String(suspend));
  return suspend ? insertAfterPath(text, spec) : text;
};

/** The text with the Project's `spec.path` replaced, likewise. */
export const setPath = (text: string, name: string, path: string): string => {
  const spec = locate(text, name)?.project.get('spec', true);
  const pair = isMap(spec) ? pairOf(spec, 'path') : undefined;
  return pair === undefined ? text : replaceScalar(text, pair.value, JSON.stringify(path));
};

const pairOf = (map: YAMLMap, name: string): Pair | undefined =>
  map.items.find(({ key }) => isScalar(key) && key.value === name);

const replaceScalar = (text: string, node: unknown, value: string): string => {
  const [from, to] = rangeOf(node);
  if (!isScalar(node) || from === undefined || to === undefined) return text;
  // A block scalar ends after its last line.
  const end = text[to - 1] === '\n' ? '\n' : '';
  return splice(text, { from, to }, value + end);
};

const rangeOf = (node: unknown): readonly number[] => (isNode(node) ? (node as Node).range : null) ?? [];

/** Behind `path`, which every spec has, in the layout that `path` is written in. */
const insertAfterPath = (text: string, spec: YAMLMap): string => {
  const path = pairOf(spec, 'path');
  const [keyAt] = rangeOf(path?.key);
  const [, valueEnd] = rangeOf(path?.value);
  if (keyAt === undefined || valueEnd === undefined) return text;
  const before = /\s*$/.exec(text.slice(0, keyAt))?.[0] ?? '';
  if (spec.flow) {
    const quote = text[keyAt] === '"' ? '"' : '';
    const gap = before.includes('\n') ? before : ' ';
    return splice(text, { from: valueEnd, to: valueEnd }, `,${gap}${quote}suspend${quote}: true`);
  }
  const lineEnd = text[valueEnd - 1] === '\n' ? valueEnd - 1 : text.indexOf('\n', valueEnd);
  const at = lineEnd === -1 ? text.length : text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
  return splice(
    text,
    { from: at, to: at },
    `${text.includes('\r\n') ? '\r\n' : '\n'}${' '.repeat(columnOf(text, keyAt))}suspend: true`,
  );
};
