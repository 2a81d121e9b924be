import { CLAIMS } from './classes.ts';
import { testProduct } from './product.ts';

testProduct('under all claims to its name, and with mending off', CLAIMS, [
  'a start under way has its slot, and waits for none',
  'that it was suspended is told once',
]);
