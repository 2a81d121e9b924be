import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mutated } from '../simulation/mutants/copy.ts';
import { mutations } from '../simulation/mutants/mutations/all.ts';

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

test.run();
