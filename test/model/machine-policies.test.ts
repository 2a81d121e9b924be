import { POLICIES } from './classes.ts';
import { testProduct } from './product.ts';

testProduct('under all that a spec can want', POLICIES, [
  'a start under way has its slot, and waits for none',
  'that it was suspended is told once',
]);
