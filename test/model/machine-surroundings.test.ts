import { SURROUNDINGS } from './classes.ts';
import { testProduct } from './product.ts';

testProduct('under all that the rest of the world allows', SURROUNDINGS, ['that it was suspended is told once']);
