import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Phase } from '../../src/api/phase.ts';
import { decide } from '../../src/machines/project/decide.ts';
import { decisionTable } from '../../src/machines/project/table.ts';
import { CLAIMS, HINDRANCES, POLICIES, REQUESTS } from './classes.ts';
import { product } from './product.ts';

const test = suite('the rules of the machine');

/** One phase for each way in which it matters (test/model/phase-exceptions.ts); most rules are met in the first. */
const TRIED: readonly Phase[] = ['Running', 'Failed', 'Suspended', 'Terminating'];

test('every rule decides some combination of the classes: none is shadowed by those before it', () => {
  const unmet = new Set(decisionTable.map(({ line }) => line));
  for (const phase of TRIED) {
    for (const combination of product({ ...REQUESTS, ...POLICIES, ...HINDRANCES, ...CLAIMS })) {
      if (unmet.size === 0) return;
      unmet.delete(decide(combination.in(phase)).rule);
    }
  }
  assert.equal([...unmet], []);
});

test.run();
