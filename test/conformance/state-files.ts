import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newMemory } from '../../src/api/memory.ts';
import type { StateFile } from '../../src/api/observation.ts';
import type { StateFiles } from '../../src/api/ports/world.ts';

/** Somewhere with state files, and what happens to them behind their owner's back. */
export interface StateFilesBench {
  readonly files: StateFiles;
  /** What stands in a Project's file; null when there is none. */
  textOf(name: string): string | null;
  /** Puts a text in the place of a file. `file` is its name in the directory, `web.json`. */
  put(file: string, text: string): void;
  takeDirectoryAway(): void;
  /** The texts of what was archived. */
  archived(): readonly string[];
  remove(): void;
}

const stateOf = (name: string): StateFile => ({
  uid: `uid-${name}`,
  name,
  attempt: 3,
  shard: 0,
  sessionName: name,
  memory: {
    ...newMemory,
    phase: 'BackingOff',
    failures: 2,
    notBefore: { since: { wallMs: 1, monotonicMs: 2, bootId: 'b' }, forMs: 3 },
  },
});

/** What every implementation of the port keeps to. */
export const stateFilesConform = (subject: string, open: () => StateFilesBench): void => {
  const test = suite<{ bench: StateFilesBench }>(`state files: ${subject}`);

  test.before.each((context) => {
    context.bench = open();
  });
  test.after.each(({ bench }) => bench.remove());

  test('what was written is read again, and the last of many writes stands', async ({ bench: { files } }) => {
    assert.equal(await files.read('web'), { seen: 'Absent' });
    for (const attempt of [1, 2, 3]) await files.write({ ...stateOf('web'), attempt });
    assert.equal(await files.read('web'), { seen: 'Present', value: stateOf('web') });
    assert.equal(await files.read('api'), { seen: 'Absent' });
  });

  test('a torn file is Unknown at whatever byte it ends, never Absent', async ({ bench }) => {
    await bench.files.write(stateOf('web'));
    const whole = bench.textOf('web')?.trimEnd() ?? '';
    for (let length = 0; length < whole.length; length += 7) {
      bench.put('web.json', whole.slice(0, length));
      assert.is((await bench.files.read('web')).seen, 'Unknown', `at byte ${length}`);
    }
  });

  test('what is not the state of this Project is Unknown', async ({ bench }) => {
    const odd = [
      { version: 1, ...stateOf('web'), attempt: 'three' },
      { version: 1, ...stateOf('web'), attempt: 1_000_000_000 },
      { version: 1, ...stateOf('web'), memory: { phase: 'running' } },
      { version: 2, ...stateOf('web') },
      { version: 1, ...stateOf('original') },
      null,
    ];
    for (const value of odd) {
      bench.put('web.json', JSON.stringify(value));
      assert.is((await bench.files.read('web')).seen, 'Unknown', JSON.stringify(value));
    }
  });

  test('while the directory is gone nothing is Absent, nothing is listed, and a write is refused', async ({
    bench,
  }) => {
    await bench.files.write(stateOf('web'));
    bench.takeDirectoryAway();
    assert.is((await bench.files.read('web')).seen, 'Unknown');
    assert.is((await bench.files.list()).seen, 'Unknown');
    await bench.files.write(stateOf('web')).then(
      () => assert.unreachable('written nowhere'),
      (error: NodeJS.ErrnoException) => assert.is(error.code, 'ENOENT'),
    );
    await bench.files.archive('web');
  });

  test('all are listed in order of name, a torn one too, and nothing that is no state file', async ({ bench }) => {
    assert.equal(await bench.files.list(), { seen: 'Present', value: [] });
    for (const name of ['web', 'api', 'db']) await bench.files.write(stateOf(name));
    bench.put('db.json', '{"version": 1, "ui');
    bench.put('web.json.4711', 'half written');
    bench.put('NOTES.json', 'of a person');
    const listed = await bench.files.list();
    const entries = listed.seen === 'Present' ? listed.value : [];
    assert.equal(
      entries.map(({ name, file }) => [name, file.seen]),
      [
        ['api', 'Present'],
        ['db', 'Unknown'],
        ['web', 'Present'],
      ],
    );
    assert.equal(entries[0]?.file, { seen: 'Present', value: stateOf('api') });
  });

  test('what is archived is moved as it is, and archiving twice is no error', async ({ bench }) => {
    await bench.files.write(stateOf('web'));
    const text = bench.textOf('web');
    await bench.files.archive('web');
    await bench.files.archive('web');
    assert.equal(await bench.files.read('web'), { seen: 'Absent' });
    assert.equal(bench.archived(), [text]);
  });

  test('no name leads out of the directory', async ({ bench: { files } }) => {
    for (const name of ['..', '../web', 'a/b', '', 'A']) {
      for (const attempt of [() => files.read(name), () => files.archive(name), () => files.write(stateOf(name))]) {
        await attempt().then(
          () => assert.unreachable(`taken: "${name}"`),
          (error: Error) => assert.match(error.message, 'cannot be the name'),
        );
      }
    }
  });

  test.run();
};
