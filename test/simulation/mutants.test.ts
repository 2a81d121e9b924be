import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanProduct, hunt } from './mutants/hunt.ts';
import type { Mutation } from './mutants/mutation.ts';
import { mutations } from './mutants/mutations/all.ts';

/** `npm run simulate:mutants` hunts all of them; these are found in no time. */
const EASY = ['act-before-commit', 'lock-not-taken', 'broken-manifest-is-missing'];
const STEPS = 80;
const SEEDS = 20;
const TIMEOUT_MS = 300_000;

const test = suite('hunts for mutations');
const boundsOf = (last: number) => ({ first: 1, last, steps: STEPS, timeoutMs: TIMEOUT_MS });

const huntOf = async (mutation: Mutation, seeds: number) => {
  const bounds = boundsOf(seeds);
  const clean = cleanProduct(bounds);
  try {
    return await hunt(mutation, bounds, clean);
  } finally {
    clean.copy.remove();
  }
};

for (const mutation of mutations.filter(({ name }) => EASY.includes(name))) {
  test(`the simulation finds ${mutation.name} out`, async () => {
    const { invariant, seeds } = await huntOf(mutation, SEEDS);
    assert.match(invariant ?? `nothing within ${seeds} seeds`, /^I[0-9]+$/);
  });
}

test('a mutation that changes nothing is not found out', async () => {
  const [mutation] = mutations;
  assert.ok(mutation);
  const { invariant, message } = await huntOf({ ...mutation, replacement: `${mutation.search} ` }, 1);
  assert.is(invariant, null, message);
});

test.run();
