import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { byFolder, type CoverageSummary, shortfalls } from '../runner/coverage-floors.ts';

const test = suite('what must be covered');

const count = (covered: number, total = 100) => ({ covered, total });
const file = (lines: number, branches: number) => ({ lines: count(lines), branches: count(branches) });

const whole: CoverageSummary = {
  total: file(1, 1),
  '/house/src/main.ts': file(50, 50),
  '/house/src/machines/decide.ts': file(100, 100),
  '/house/src/machines/project/rules/hold.ts': file(90, 80),
  '/house/src/controllers/loop.ts': file(95, 90),
  '/house/src/store/store.ts': file(100, 100),
};

test('files count for the folder below src, however deep they lie', () => {
  assert.equal(byFolder(whole, '/house'), [
    { folder: 'src', lines: 50, branches: 50 },
    { folder: 'src/controllers', lines: 95, branches: 90 },
    { folder: 'src/machines', lines: 95, branches: 90 },
    { folder: 'src/store', lines: 100, branches: 100 },
  ]);
});

test('what reaches its floors is no shortfall, and folders without one have none', () => {
  assert.equal(shortfalls(byFolder(whole, '/house')), []);
});

test('a folder that falls below a floor is named, with how far', () => {
  const fallen = { ...whole, '/house/src/store/store.ts': file(94, 70) };
  assert.equal(shortfalls(byFolder(fallen, '/house')), [
    'src/store: 94.00 % of its lines are covered, 95 % are asked for',
    'src/store: 70.00 % of its branches are covered, 90 % are asked for',
  ]);
});

test('a folder that no test has loaded is named too', () => {
  const { '/house/src/store/store.ts': _, ...without } = whole;
  assert.equal(shortfalls(byFolder(without, '/house')), ['src/store: nothing of it was loaded by any test']);
});

test('a file in which there is nothing to cover counts as covered', () => {
  const empty = { '/house/src/store/types.ts': { lines: count(1, 1), branches: count(0, 0) } };
  assert.equal(byFolder(empty, '/house'), [{ folder: 'src/store', lines: 100, branches: 100 }]);
});

test.run();
