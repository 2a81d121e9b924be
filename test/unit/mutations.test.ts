import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mutated } from '../simulation/mutants/copy.ts';
import type { Mutation } from '../simulation/mutants/mutation.ts';
import { mutations } from '../simulation/mutants/mutations/all.ts';
import { withMutants } from '../simulation/mutants/table.ts';

const test = suite('mutations of the product');

const source = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../src/${file}`, import.meta.url)), 'utf8');

test('what a mutation looks for stands exactly once in its file, and is changed', () => {
  for (const mutation of mutations) {
    const text = source(mutation.file);
    assert.is.not(mutated(text, mutation), text, mutation.name);
  }
});

test('a text that is gone, or there twice, is an error that names the mutation', () => {
  const mutation = { ...mutations[0]!, name: 'some-fault', search: 'x', replacement: 'y' };
  assert.throws(() => mutated('a', mutation), /some-fault: .* 0 times/);
  assert.throws(() => mutated('xx', mutation), /some-fault: .* 2 times/);
});

test('no two mutations share a name', () => {
  assert.is(new Set(mutations.map(({ name }) => name)).size, mutations.length);
});

const document = [
  'before',
  '<!-- mutants: made by npm run simulate:mutants -->',
  '',
  '<!-- end of the mutants -->',
  'after',
];
const caughtBy = (mutation: Mutation, invariant: string | null) => ({ mutation, invariant, message: '', seeds: 3 });

test('a row of the table is made anew, and those of others stay', () => {
  const [one, two, three] = mutations;
  assert.ok(one && two && three);
  const names = [one.name, two.name, three.name];
  const first = withMutants(document.join('\n'), names, [caughtBy(two, null), caughtBy(one, 'I4')]);
  const second = withMutants(first, names, [caughtBy(two, 'I9')]);
  assert.match(
    first,
    new RegExp(`before[^]*\\| ${one.name} \\|.*\\| I4 \\| 3 \\|\n\\| ${two.name} \\|.*NOT CAUGHT[^]*after`),
  );
  assert.is(second, first.replace('**NOT CAUGHT**', 'I9'));
  assert.is(withMutants(second, names, []), second);
  assert.not.match(withMutants(second, [two.name], []), new RegExp(`\\| ${one.name} `));
});

test('a document without the markers is an error', () => {
  assert.throws(() => withMutants('nothing', [], []), /lacks the lines/);
});

test.run();
