import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogFiles } from '../../src/api/ports/world.ts';

/** Logs that may have 10 bytes, of which two old ones are kept. */
export interface LogFilesBench {
  readonly logs: LogFiles;
  /** Somebody who opens a file to write at its end, and keeps it open. */
  openWriter(file: string): { write(text: string): void; close(): void };
  /** Null when there is no such file. */
  textOf(file: string): string | null;
  remove(): void;
}

const WEB = { project: 'web', window: 'main' };

/** What every implementation of the port keeps to. */
export const logFilesConform = (subject: string, open: () => LogFilesBench): void => {
  const test = suite<{ bench: LogFilesBench }>(`log files: ${subject}`);

  test.before.each((context) => {
    context.bench = open();
  });
  test.after.each(({ bench }) => bench.remove());

  const append = ({ openWriter }: LogFilesBench, file: string, text: string): void => {
    const writer = openWriter(file);
    writer.write(text);
    writer.close();
  };

  test('a window’s log lies in its Project’s folder, and no name leads out of it', ({ bench: { logs, textOf } }) => {
    assert.match(logs.pathOf('web', 'main'), /^\/.*\/web\/main\.log$/);
    assert.is(logs.prepare('web', 'main'), logs.pathOf('web', 'main'));
    assert.is(textOf(logs.pathOf('web', 'main')), null, 'the one who writes makes it');
    for (const name of ['..', 'a/b', '', '.']) {
      assert.throws(() => logs.pathOf(name, 'main'), /cannot be part/);
      assert.throws(() => logs.prepare('web', name), /cannot be part/);
    }
  });

  test('only logs beyond the limit are due, and old ones never', async ({ bench }) => {
    const { logs } = bench;
    assert.equal(await logs.rotateDue(), []);
    append(bench, logs.prepare('web', 'main'), 'x'.repeat(11));
    append(bench, logs.prepare('web', 'side'), 'x'.repeat(10));
    append(bench, `${logs.prepare('api', 'main')}.1`, 'x'.repeat(11));
    assert.equal(await logs.rotateDue(), [WEB]);
  });

  test('who has a log open writes on undisturbed while it is rotated, and old ones move up', async ({ bench }) => {
    const { logs, textOf } = bench;
    const file = logs.prepare('web', 'main');
    const writer = bench.openWriter(file);
    for (const text of ['first', 'second', 'third']) {
      writer.write(text);
      await logs.rotate(WEB);
      assert.is(textOf(file), '');
    }
    writer.write('fourth');
    writer.close();
    assert.equal(
      ['', '.1', '.2', '.3'].map((suffix) => textOf(`${file}${suffix}`)),
      ['fourth', 'third', 'second', null],
    );
  });

  test('a log that is gone is rotated without an error', async ({ bench: { logs, textOf } }) => {
    await logs.rotate({ project: 'gone', window: 'main' });
    assert.is(textOf(logs.pathOf('gone', 'main')), null);
  });

  test.run();
};
