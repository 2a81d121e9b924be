import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { askedInTime } from '../../src/adapters/asked-paths.ts';
import { windowPreparer } from '../../src/adapters/tmux/windows.ts';
import { TmuxError } from '../../src/api/ports/tmux.ts';

const test = suite('paths that are asked about');

const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('nothing was wrong'),
    (error: Error) => error,
  );
const never = (): Promise<never> => new Promise(() => {});

test('a file system that does not answer holds up nobody, and is not asked again meanwhile (failure 64)', async () => {
  let asked = 0;
  const ask = askedInTime(() => {
    asked += 1;
    return never();
  }, 5);
  for (const _ of [1, 2]) assert.is((await rejection(ask('/away'))).message, '/away does not answer');
  assert.is(asked, 1);
});

test('what it answers, and how it fails, is told as it is, and asked anew the next time', async () => {
  const answers = [() => Promise.resolve(7), () => Promise.reject(new Error('odd')), () => Promise.resolve(8)];
  const ask = askedInTime(() => answers.shift()?.() ?? never());
  assert.is(await ask('/there'), 7);
  assert.is((await rejection(ask('/there'))).message, 'odd');
  assert.is(await ask('/there'), 8);
});

test('a window whose working directory does not answer is refused in time', async () => {
  const prepare = windowPreparer(askedInTime(never, 5));
  const error = await rejection(prepare({ name: 'main', argv: ['true'], cwd: '/away', logFile: null }));
  assert.instance(error, TmuxError);
  assert.is(error.message, 'window "main": /away does not answer');
});

test.run();
