import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { allMetrics, METRICS_FILE, withTables } from '../../scripts/generate-metrics-doc.ts';
import { METRIC_GROUPS } from '../../scripts/metric-questions.ts';

const test = suite('docs/metrics.md');

test('its tables are those of the code (else: npm run metrics-doc)', () => {
  const written = readFileSync(METRICS_FILE, 'utf8');
  assert.fixture(written, withTables(written));
});

test('every metric is in one table, with the question it is good for', () => {
  const explained = METRIC_GROUPS.flatMap(({ questions }) => Object.keys(questions));
  const names = allMetrics().map(({ name }) => name);
  assert.equal(explained.toSorted(), names.toSorted());
});

/** What a label may be called; a new name is to be thought about: are its values few, and is none of them private? */
const LABELS = (
  'project queue phase condition reason cause repair outcome purpose command result shard verb controller name kind ' +
  'type source state policy verdict channel check version node space major minor patch'
).split(' ');

test('no label is for a path, a pid, a session, a uid or the text of an error', () => {
  const names = new Set(allMetrics().flatMap(({ labelNames }) => labelNames));
  assert.equal([...names].toSorted(), LABELS.toSorted());
});

test('a document without a place for the tables is refused, not left as it is', () => {
  assert.throws(() => withTables('# Metrics\n'), /lacks the lines/);
});

test.run();
