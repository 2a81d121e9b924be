import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ARCHITECTURE_FILE, withTable } from '../../scripts/generate-decision-table.ts';
import { decisionTable } from '../../src/machines/project/table.ts';

const test = suite('the decision table');

test('the documented table is that of the code (else: npm run decision-table)', () => {
  const written = readFileSync(ARCHITECTURE_FILE, 'utf8');
  assert.fixture(written, withTable(written));
});

test('every rule has a line of its own, since people tell rules apart by it', () => {
  const lines = decisionTable.map(({ line }) => line);
  assert.equal([...new Set(lines)], lines);
});

test('no line breaks the table it is shown in', () => {
  assert.equal(
    decisionTable.filter(({ line }) => /[|\n]/.test(line)),
    [],
  );
});

test('a document without a place for the table is refused, not left as it is', () => {
  assert.throws(() => withTable('# Architecture\n'), /lacks the lines/);
});

test.run();
