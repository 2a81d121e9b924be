import fc from 'fast-check';

/** Values that are odd wherever they stand. */
export const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  -0,
  0.5,
  1e308,
  2 ** 53,
  -(2 ** 63),
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '\0',
  '\u001b[2J',
  '\ud800',
  'é',
  '\u202e',
  '..',
  '../../etc/passwd',
  '/dev/null',
  '-rf',
  '$(true)',
  '#{pane_id}',
  'a'.repeat(64),
  'x'.repeat(100_000),
  '2026-13-45T99:99:99Z',
  [],
  [[]],
  [null],
  {},
  { '': '' },
  { '': { '': [] } },
  { __proto__: null, constructor: 1, toString: 2 },
];

/** A key that means something to JavaScript. */
const KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', '', '0', 'é', '\0', '<<', 'a.b', 'x'];

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 60 }).map(nested) },
);

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** One change of a tree; `at` chooses the place among all there are. */
export type TreeChange =
  | { readonly change: 'replace'; readonly at: number; readonly value: unknown }
  | { readonly change: 'remove'; readonly at: number }
  | { readonly change: 'add'; readonly at: number; readonly key: string; readonly value: unknown }
  | { readonly change: 'rename'; readonly at: number; readonly key: string }
  | { readonly change: 'copy'; readonly at: number; readonly from: number };

const place = fc.nat({ max: 400 });
const key = fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 8 }));

export const treeChanges: fc.Arbitrary<readonly TreeChange[]> = fc.array(
  fc.oneof<fc.Arbitrary<TreeChange>[]>(
    fc.record({ change: fc.constant('replace' as const), at: place, value: oddValue }),
    fc.record({ change: fc.constant('remove' as const), at: place }),
    fc.record({ change: fc.constant('add' as const), at: place, key, value: oddValue }),
    fc.record({ change: fc.constant('rename' as const), at: place, key }),
    fc.record({ change: fc.constant('copy' as const), at: place, from: place }),
  ),
  { maxLength: 4 },
);

type Holder = Record<string, unknown>;

/** The tree with the changes made, one after another. */
export const changedTree = (tree: unknown, changes: readonly TreeChange[]): unknown => {
  const root: Holder = { root: structuredClone(tree) };
  for (const each of changes) apply(root, each);
  return root['root'];
};

const apply = (root: Holder, change: TreeChange): void => {
  const places = placesIn(root);
  const [holder, key] = at(places, change.at);
  switch (change.change) {
    case 'replace':
      holder[key] = structuredClone(change.value);
      return;
    case 'copy': {
      const [from, which] = at(places, change.from);
      holder[key] = structuredClone(from[which]);
      return;
    }
    case 'remove':
      if (holder !== root) remove(holder, key);
      return;
    case 'rename':
      if (holder === root || Array.isArray(holder)) return;
      define(holder, change.key, holder[key]);
      remove(holder, key);
      return;
    case 'add': {
      const inside = holder[key];
      if (Array.isArray(inside)) inside.push(structuredClone(change.value));
      else if (isHolder(inside)) define(inside, change.key, structuredClone(change.value));
    }
  }
};

/** As a parser does: `__proto__` becomes a key and not the prototype. */
const define = (holder: Holder, key: string, value: unknown): void => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
};

const remove = (holder: Holder, key: string): void => {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
};

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

const at = (places: readonly (readonly [Holder, string])[], index: number): readonly [Holder, string] => {
  const found = places[index % places.length];
  if (found === undefined) throw new RangeError('a tree without a place');
  return found;
};

const placesIn = (holder: Holder): readonly (readonly [Holder, string])[] =>
  Object.keys(holder).flatMap((key): readonly (readonly [Holder, string])[] => {
    const value = holder[key];
    return [[holder, key], ...(isHolder(value) ? placesIn(value) : [])];
  });

/** One change of bytes. */
export type ByteChange =
  | { readonly change: 'cut'; readonly at: number }
  | { readonly change: 'flip'; readonly at: number; readonly bit: number }
  | { readonly change: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly change: 'drop'; readonly at: number; readonly length: number }
  | { readonly change: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly change: 'crlf' };

const anywhere = fc.nat({ max: 2 ** 20 });

/** @param tokens words that mean something in this kind of text */
export const byteChanges = (tokens: readonly string[]): fc.Arbitrary<readonly ByteChange[]> => {
  const bytes = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(...tokens, '\0', '\ufeff', '\r', '\n', '\t').map((word) => Buffer.from(word)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }) },
  );
  return fc.array(
    fc.oneof<fc.Arbitrary<ByteChange>[]>(
      fc.record({ change: fc.constant('cut' as const), at: anywhere }),
      fc.record({ change: fc.constant('flip' as const), at: anywhere, bit: fc.nat({ max: 7 }) }),
      fc.record({ change: fc.constant('insert' as const), at: anywhere, bytes }),
      fc.record({ change: fc.constant('drop' as const), at: anywhere, length: fc.nat({ max: 40 }) }),
      fc.record({
        change: fc.constant('repeat' as const),
        at: anywhere,
        length: fc.nat({ max: 200 }),
        times: fc.nat({ max: 20 }),
      }),
      fc.record({ change: fc.constant('crlf' as const) }),
    ),
    { maxLength: 4 },
  );
};

export const changedBytes = (text: string | Uint8Array, changes: readonly ByteChange[]): Buffer => {
  let bytes = Buffer.from(text as string);
  for (const each of changes) bytes = afterChange(bytes, each);
  return bytes;
};

const afterChange = (bytes: Buffer<ArrayBuffer>, change: ByteChange): Buffer<ArrayBuffer> => {
  const size = bytes.length + 1;
  switch (change.change) {
    case 'cut':
      return bytes.subarray(0, change.at % size);
    case 'flip': {
      if (bytes.length === 0) return bytes;
      const flipped = Buffer.from(bytes);
      const index = change.at % bytes.length;
      flipped[index] = (flipped[index] ?? 0) ^ (1 << change.bit);
      return flipped;
    }
    case 'insert':
      return spliced(bytes, change.at % size, 0, Buffer.from(change.bytes));
    case 'drop':
      return spliced(bytes, change.at % size, change.length, Buffer.alloc(0));
    case 'repeat': {
      const from = change.at % size;
      const part = bytes.subarray(from, from + change.length);
      return spliced(bytes, from, 0, Buffer.concat(Array.from({ length: change.times }, () => part)));
    }
    case 'crlf':
      return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
  }
};

const spliced = (bytes: Buffer, at: number, removed: number, added: Buffer): Buffer<ArrayBuffer> =>
  Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
