import { REQUESTS } from './classes.ts';
import { testProduct } from './product.ts';

testProduct('under all that people can ask for', REQUESTS, ['a start under way has its slot, and waits for none']);
