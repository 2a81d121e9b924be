import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Keepsakes } from '../../src/api/ports/world.ts';

export interface KeepsakesBench {
  readonly keepsakes: Keepsakes;
  /** The text of a file that was kept. */
  textOf(file: string): string;
  /** The names of the files in a folder that was kept. */
  filesIn(folder: string): readonly string[];
  /** What a crash leaves of a copy of a session that was not finished. */
  leaveHalf(name: string): void;
  remove(): void;
}

/** What every implementation of the port keeps to. */
export const keepsakesConform = (subject: string, open: () => KeepsakesBench): void => {
  const test = suite<{ bench: KeepsakesBench }>(`copies of sessions: ${subject}`);

  test.before.each((context) => {
    context.bench = open();
  });
  test.after.each(({ bench }) => bench.remove());

  test('last screens are one file; kept again under the same name, the newer stands', async ({ bench }) => {
    const first = await bench.keepsakes.keepScreens('web-7', 'last words\n');
    assert.is(bench.textOf(first), 'last words\n');
    const second = await bench.keepsakes.keepScreens('web-7', 'the very last\n');
    assert.is(second, first);
    assert.is(bench.textOf(first), 'the very last\n');
  });

  test('a copy of a session is a folder, and a second one of that name overwrites nothing', async ({ bench }) => {
    const first = await bench.keepsakes.keepSession('web', { layout: 'one', 'pane-0.0.txt': 'screen' });
    const second = await bench.keepsakes.keepSession('web', { layout: 'two' });
    const third = await bench.keepsakes.keepSession('web', { layout: 'three' });
    assert.is(second, `${first}.2`);
    assert.is(third, `${first}.3`);
    assert.equal(bench.filesIn(first), ['layout', 'pane-0.0.txt']);
    assert.is(bench.textOf(`${first}/layout`), 'one');
    assert.is(bench.textOf(`${second}/layout`), 'two');
  });

  test('a draft that a crash left behind is no copy, and is in nobody’s way', async ({ bench }) => {
    bench.leaveHalf('web');
    assert.equal(bench.filesIn(await bench.keepsakes.keepSession('web', { layout: 'whole' })), ['layout']);
  });

  test('a name that leads elsewhere is refused', async ({ bench: { keepsakes } }) => {
    for (const name of ['', '.', '..', '.hidden', '../x', 'a/b', '/etc']) {
      for (const keep of [
        () => keepsakes.keepScreens(name, ''),
        () => keepsakes.keepSession(name, {}),
        () => keepsakes.keepSession('good', { [name]: '' }),
      ]) {
        await keep().then(
          () => assert.unreachable(`taken: "${name}"`),
          (error: Error) => assert.match(error.message, 'cannot name a copy'),
        );
      }
    }
  });

  test.run();
};
