/**
 * uvu with its silences broken. Test files get this in place of `uvu` (see preload.ts): it behaves the same,
 * but what uvu would swallow and still exit 0 is written to stderr behind HIDDEN, and the exit code is 1.
 */
import { inspect } from 'node:util';
import * as uvu from 'uvu';
import type { Callback, Test } from 'uvu';
import { HIDDEN } from './judge.ts';

const neverRun = new Map<object, string>();

process.on('exit', () => {
  for (const what of neverRun.values()) reveal(`${what} has tests but its .run() was never called`);
});

export const suite = <T = Record<string, unknown>>(title = '', context?: T): Test<T> =>
  watch(uvu.suite<T>(title, context), title === '' ? 'a suite without a title' : `suite "${title}"`);

export const test: Test = watch(uvu.test, 'the default suite');

export const exec = uvu.exec;

function watch<T>(inner: Test<T>, what: string): Test<T> {
  const watched = (name: string, handler: Callback<T>): void => {
    neverRun.set(inner, what);
    inner(name, async (context) => {
      try {
        await handler(context);
      } catch (error) {
        // uvu's formatter trips over what has no stack, and the test then counts as never having run.
        throw error instanceof Error ? error : new Error(`threw something that is not an Error: ${inspect(error)}`);
      }
    });
  };
  const hook = (kind: string, add: (callback: Callback<T>) => void) => (callback: Callback<T>) =>
    add(async (context) => {
      try {
        await callback(context);
      } catch (error) {
        reveal(`the ${kind} hook of ${what} threw: ${inspect(error)}`);
        throw error;
      }
    });
  const hooks = (kind: string, hooked: Test<T>['before']) =>
    Object.assign(hook(kind, hooked), { each: hook(`${kind}.each`, hooked.each) });
  return Object.assign(watched, {
    only: (name: string, handler: Callback<T>) => {
      reveal(`${what} has a test marked .only, so that its other tests did not run`);
      inner.only(name, handler);
    },
    skip: inner.skip,
    before: hooks('before', inner.before),
    after: hooks('after', inner.after),
    run: () => {
      neverRun.delete(inner);
      inner.run();
    },
  });
}

function reveal(what: string): void {
  process.exitCode = 1;
  process.stderr.write(`${HIDDEN}${what}\n`);
}
