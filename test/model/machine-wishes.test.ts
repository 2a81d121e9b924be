import { WISHES } from './classes.ts';
import { testProduct } from './product.ts';

testProduct('under all that people can want', WISHES, 'a start under way has its slot, and waits for none');
