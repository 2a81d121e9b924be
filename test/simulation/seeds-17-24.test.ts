import { suite } from 'uvu';
import { testSeeds } from './seeds.ts';

const test = suite('simulated runs of seeds 17 to 24');

testSeeds(test, 17, 24);

test.run();
