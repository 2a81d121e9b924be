/** Loaded before every test file: its `uvu` is the watched one. */
import { registerHooks } from 'node:module';

const watched = new URL('./watched-uvu.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'uvu' && context.parentURL !== watched
      ? { url: watched, shortCircuit: true }
      : next(specifier, context),
});
