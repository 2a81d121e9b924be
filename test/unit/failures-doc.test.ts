import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingTests, testIn, titlesIn } from '../helpers/named-tests.ts';

const test = suite('docs/failures.md');

const ROWS = 72;
const text = readFileSync(new URL('../../docs/failures.md', import.meta.url), 'utf8');

/** One cell of the table holds several parts, each a test or what is still missing. */
const rows = text
  .split('\n')
  .map((line) => /^\| (\d+) \| (.+?) \| (.*) \|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, number, holds = '', shownBy = '']) => ({ number: Number(number), holds, parts: shownBy.split('<br>') }));

test('it has every row once, in order, each with what holds', () => {
  assert.equal(
    rows.map(({ number }) => number),
    Array.from({ length: ROWS }, (_, index) => index + 1),
  );
});

test('every row names a test, or says what is not there yet', () => {
  const odd = rows.flatMap(({ number, parts }) =>
    parts.filter((part) => !testIn(part) && !part.startsWith('Not yet')).map((part) => `${number}: ${part}`),
  );
  assert.equal(odd, []);
});

test('every test it names is in the file it names', () => {
  const named = rows.flatMap(({ parts }) => parts).filter(testIn);
  assert.equal(missingTests(named), []);
  assert.ok(named.length > ROWS);
});

test('a test that is not there would be missed', () => {
  assert.ok(titlesIn('unit/failures-doc.test.ts').has('a test that is not there would be missed'));
  assert.not(titlesIn('unit/failures-doc.test.ts').has('a test that was renamed'));
  assert.is(titlesIn('unit/no-such-file.test.ts').size, 0);
});

test.run();
