import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { Step } from './known-keys.ts';

/** Where a value stands in the text: itself, and the key it stands under. */
export interface Place {
  readonly key: Node | null;
  readonly value: Node | null;
}

/** The node at a path; where the path leaves the document, the last node on the way. */
export const placeOf = (document: Document.Parsed, path: readonly Step[]): Place => {
  let place: Place = { key: null, value: document.contents };
  for (const step of path) {
    const next = childOf(document, place.value, step);
    if (next === undefined) return place;
    place = next;
  }
  return place;
};

const childOf = (document: Document.Parsed, parent: Node | null, step: Step): Place | undefined => {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return isNode(item) ? { key: null, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair && { key: isNode(pair.key) ? pair.key : null, value: isNode(pair.value) ? pair.value : null };
};

/** Where to point for a problem with a value: at the value, or where it has no text of its own, at its key. */
export const offsetOfValue = ({ key, value }: Place): number => (value?.range ?? key?.range)?.[0] ?? 0;

/** Where to point for a problem with a key. */
export const offsetOfKey = ({ key, value }: Place): number => (key?.range ?? value?.range)?.[0] ?? 0;

/** `line:column`, both from 1. */
export const positionOf = (lines: LineCounter, offset: number): string => {
  const { line, col } = lines.linePos(offset);
  // An empty text has no line to count from.
  return `${Math.max(1, line)}:${Math.max(1, col)}`;
};

/** `spec.session.windows[0].name`, as people write it. */
export const fieldOf = (path: readonly Step[]): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const plain = /^[\w$-]+$/.test(step) ? step : `[${JSON.stringify(step)}]`;
      return index === 0 || plain.startsWith('[') ? plain : `.${plain}`;
    })
    .join('');
