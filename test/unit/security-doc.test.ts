import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingTests, testIn } from '../helpers/named-tests.ts';

const test = suite('docs/security.md');

const text = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

/** The table of threats: what, by what, shown by. */
const rows = text
  .slice(text.indexOf('## What is defended'), text.indexOf('## What is not defended'))
  .split('\n')
  .map((line) => /^\| (?!threat|---)(.+?) \| (.+?) \| (.+) \|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, threat = '', , shownBy = '']) => ({ threat, tests: shownBy.split('<br>') }));

test('every threat names the tests that show its defence', () => {
  assert.ok(rows.length >= 20);
  assert.equal(
    rows.filter(({ tests }) => !tests.every(testIn)),
    [],
  );
});

test('every test it names is in the file it names', () => {
  assert.equal(missingTests(rows.flatMap(({ tests }) => tests)), []);
});

test.run();
