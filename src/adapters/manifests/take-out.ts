import { CST } from 'yaml';
import { locate, type Located, type Span, splice } from './locate.ts';

/** The text without one of its Projects, all else untouched; null when nothing would be left of it. */
export const takeOut = (text: string, name: string): string | null => {
  const located = locate(text, name);
  if (located === undefined) return text;
  if (located.alone) return null;
  const { list, span } = located;
  // The last item of a list takes its document with it: an empty list says nothing.
  return splice(text, list === null || list.items.items.length === 1 ? span : itemSpan(list), '');
};

/** An item of a list with what belongs to it: its dash and the comment above, or its comma. */
const itemSpan = ({ items, index }: NonNullable<Located['list']>): Span => {
  const source = items.srcToken;
  const tokens = source !== undefined && 'items' in source ? source.items : [];
  const from = startOf(tokens[index]) ?? 0;
  const to = from + CST.stringify(tokens[index] ?? { start: [] }).length;
  // The first of a flow list has no comma before it; the one behind goes with it.
  const comma = index === 0 ? tokens[1]?.start.find(({ type }) => type === 'comma') : undefined;
  return { from, to: comma === undefined ? to : comma.offset + comma.source.length };
};

const startOf = (token: CST.CollectionItem | undefined): number | undefined =>
  token?.start[0]?.offset ?? (token?.key ?? token?.value ?? undefined)?.offset;
