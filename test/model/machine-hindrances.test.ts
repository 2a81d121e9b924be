import { HINDRANCES } from './classes.ts';
import { testProduct } from './product.ts';

testProduct('under all that a start may wait for', HINDRANCES, ['that it was suspended is told once']);
