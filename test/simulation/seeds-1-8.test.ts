import { suite } from 'uvu';
import { testSeeds } from './seeds.ts';

const test = suite('simulated runs of seeds 1 to 8');

testSeeds(test, 1, 8);

test.run();
