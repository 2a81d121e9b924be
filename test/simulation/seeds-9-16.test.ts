import { suite } from 'uvu';
import { testSeeds } from './seeds.ts';

const test = suite('simulated runs of seeds 9 to 16');

testSeeds(test, 9, 16);

test.run();
