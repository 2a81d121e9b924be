import { suite } from 'uvu';
import { PURE } from '../fuzz/inputs.ts';
import { demandFuzz } from '../fuzz/demand.ts';

const test = suite('bad input');

for (const input of PURE) test(input.claim, () => demandFuzz(input, 40));

test.run();
