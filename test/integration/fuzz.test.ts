import { suite } from 'uvu';
import { demandFuzz } from '../fuzz/demand.ts';
import { PARTS, PROGRAMS } from '../fuzz/inputs.ts';

const test = suite('bad input, to whole parts');

for (const input of PARTS) test(input.claim, () => demandFuzz(input, 40));
for (const input of PROGRAMS) test(input.claim, () => demandFuzz(input, 3));

test.run();
