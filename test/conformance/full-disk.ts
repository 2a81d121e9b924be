import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newMemory } from '../../src/api/memory.ts';
import type { StateFile } from '../../src/api/observation.ts';
import type { Runs } from '../../src/api/ports/runs.ts';
import type { StateFiles } from '../../src/api/ports/world.ts';

/** A disk with the state files and the runs of a controller on it. */
export interface FullDiskBench {
  readonly files: StateFiles;
  readonly runs: Runs;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  /** What a transaction of the store throws while the disk is full. */
  storeError(): unknown;
  remove(): Promise<void>;
}

const stateOf = (attempt: number): StateFile => ({
  uid: 'uid-web',
  name: 'web',
  attempt,
  shard: 0,
  sessionName: 'web',
  memory: newMemory,
});

const KEY = { uid: 'uid-web', attempt: 1, window: 'main', run: 1 };
const WINDOW = { name: 'main', run: 1, command: 'sleep 1000', cwd: '/', env: {}, envFile: null, logs: false };

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => assert.unreachable('there was room'),
    (error: unknown) => codeOf(error),
  );

/** What every implementation does when there is no room left (failure 31). */
export const fullDiskConforms = (subject: string, open: () => FullDiskBench): void => {
  const test = suite<{ bench: FullDiskBench }>(`a full disk: ${subject}`);
  test.before.each((context) => {
    context.bench = open();
  });
  test.after.each(({ bench }) => bench.remove());

  test('a state file that finds no room leaves the one that stood, whole and alone', async ({ bench }) => {
    const { files } = bench;
    await files.write(stateOf(1));
    bench.fill();
    assert.is(await refusal(files.write(stateOf(2))), 'ENOSPC');
    assert.equal(await files.read('web'), { seen: 'Present', value: stateOf(1) });
    const listed = await files.list();
    assert.equal(listed.seen === 'Present' ? listed.value.map(({ name }) => name) : null, ['web']);
    await files.archive('web');
    assert.equal(await files.read('web'), { seen: 'Absent' });
    bench.free();
    await files.write(stateOf(2));
    assert.equal(await files.read('web'), { seen: 'Present', value: stateOf(2) });
  });

  test('a run that finds no room is not prepared, and is once there is some', async ({ bench }) => {
    const { runs } = bench;
    bench.fill();
    assert.is(await refusal(runs.prepare(KEY, WINDOW, 'web')), 'ENOSPC');
    assert.is((await runs.observe('uid-web', 1, []))['main']?.alive ?? false, false);
    bench.free();
    const argv = await runs.prepare(KEY, WINDOW, 'web');
    assert.equal(await runs.prepare(KEY, WINDOW, 'web'), argv);
    assert.equal((await runs.observe('uid-web', 1, []))['main']?.wrapper, null);
  });

  test('a store that finds no room says so in the words of SQLite', async ({ bench }) => {
    bench.fill();
    const error = bench.storeError();
    assert.is(codeOf(error), 'SQLITE_FULL');
    assert.is((error as Error).message, 'database or disk is full');
  });

  test.run();
};
