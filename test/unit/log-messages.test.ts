import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the messages of the log');

const src = fileURLToPath(new URL('../../src/', import.meta.url));
const docs = readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8');

/** Those who only pass on what another one says, and a shell function of that name. */
const NO_MESSAGE = /^(?:level|Object\.fromEntries\(masked\)), message\b|^$/;

/** The text between a call's parentheses, which begins at `from`. */
const argumentsAt = (text: string, from: number): string => {
  let depth = 1;
  let to = from;
  for (; depth > 0 && to < text.length; to++) depth += text[to] === '(' ? 1 : text[to] === ')' ? -1 : 0;
  return text.slice(from, to - 1).trim();
};

/** What is given to every call that writes a line, as it stands in the source. */
const callsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:logger(?:\.(?:trace|debug|info|warn|error|fatal)|\[[^\]]+\])|note)\(/g)]
    .map((match) => argumentsAt(text, match.index + match[0].length))
    .filter((given) => !NO_MESSAGE.test(given));

/** The constant message of a call: last for pino, second for a note; null for one that is none. */
const messageOf = (given: string): string | null =>
  (/^'(?:info|warn)',\s*'([^']+)',/.exec(given) ?? /(?:^|,\s*)'([^']+)'\s*,?$/.exec(given))?.[1] ?? null;

const calls = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => callsIn(readFileSync(`${src}${file}`, 'utf8')).map((given) => ({ file, given })));

test('none is put together from parts: what differs is in fields', () => {
  assert.ok(calls.length > 25, `${calls.length} calls found`);
  assert.equal(
    calls.filter(({ given }) => messageOf(given) === null),
    [],
  );
});

test('one that is put together would be found', () => {
  assert.equal(callsIn('logger.warn({ a: f(1) }, `tmux ${shard} failed`);').map(messageOf), [null]);
  assert.equal(callsIn("note('warn', 'tmux not recorded', { error: messageOf(error) })").map(messageOf), [
    'tmux not recorded',
  ]);
});

test('docs/logs.md has every one of them, and no other', () => {
  const [, table = ''] = docs.split('## Messages');
  const documented = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = '']) => message);
  assert.equal(documented.toSorted(), [...new Set(calls.map(({ given }) => messageOf(given) ?? ''))].toSorted());
});

test.run();
