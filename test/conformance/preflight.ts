import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckResult } from '../../src/api/check.ts';
import { Spec } from '../../src/api/manifest.ts';
import type { Preflight } from '../../src/api/ports/world.ts';

export interface PreflightBench {
  readonly preflight: Preflight;
  /** Makes a directory and returns its path, which is absolute. */
  directory(name: string): string;
  /** Likewise a file that is empty. */
  file(name: string): string;
  /** Somebody else has a session of this name. */
  takeSessionName(name: string): void;
  /** Nearly nothing is left where the state is. */
  fillDisk(): void;
  /** Waits for what takes so long by its own clock. */
  elapsed<T>(work: Promise<T>): Promise<T>;
  remove(): void;
}

/** What every implementation of the port keeps to. */
export const preflightConforms = (subject: string, open: () => PreflightBench): void => {
  const test = suite<{ bench: PreflightBench }>(`pre-flight: ${subject}`);

  test.before.each((context) => {
    context.bench = open();
  });
  test.after.each(({ bench }) => bench.remove());

  const check = (
    { preflight, elapsed }: PreflightBench,
    path: string,
    checks: object = {},
    session: object = {},
  ): Promise<readonly CheckResult[]> => {
    const windows = [{ name: 'main', command: 'true' }];
    const spec = Spec.parse({ path, session: { windows, ...session }, preflight: checks });
    return elapsed(preflight.check('web', spec));
  };
  /** What did not pass, `name result`; each says how to mend it. */
  const trouble = (results: readonly CheckResult[]): readonly string[] => {
    const bad = results.filter(({ result }) => result !== 'Pass');
    assert.ok(bad.every(({ message, remedy }) => message !== '' && remedy !== ''));
    assert.ok(results.every(({ result, remedy }) => result !== 'Pass' || remedy === ''));
    return bad.map(({ name, result }) => `${name} ${result}`).sort();
  };

  test('a directory that is there passes, and what the machine has is looked at too', async ({ bench }) => {
    const results = await check(bench, bench.directory('plain'));
    assert.equal(trouble(results), []);
    const names = new Set(results.map(({ name }) => name));
    for (const name of ['path', 'name', 'tmux', 'disk', 'state']) assert.ok(names.has(name), name);
  });

  test('a path that is missing or no directory fails, and nothing within is looked at', async ({ bench }) => {
    const checks = { checks: [{ name: 'inside', command: 'true' }] };
    for (const path of [`${bench.directory('there')}/not`, bench.file('file')]) {
      const results = await check(bench, path, checks);
      assert.equal(trouble(results), ['path Fail'], path);
      assert.not(results.some(({ name }) => name === 'inside'));
    }
  });

  test('the directory of each window must be there', async ({ bench }) => {
    const path = bench.directory('windows');
    bench.directory('windows/inside');
    const windows = [
      { name: 'main', command: 'true', cwd: 'inside' },
      { name: 'side', command: 'true', cwd: '../nowhere' },
    ];
    assert.equal(trouble(await check(bench, path, {}, { windows })), ['window side Fail']);
  });

  test('an envFile that is missing fails, and the other checks go on', async ({ bench }) => {
    const checks = { checks: [{ name: 'own', command: 'true' }] };
    const results = await check(bench, bench.directory('env'), checks, { envFile: 'missing.env' });
    assert.equal(trouble(results), ['envFile Fail']);
    assert.ok(results.some(({ name }) => name === 'own'));
  });

  test('a manifest’s own check fails by its exit code, and only warns when it is not critical', async ({ bench }) => {
    const checks = [
      { name: 'good', command: 'true' },
      { name: 'bad', command: 'exit 3' },
      { name: 'optional', command: 'exit 1', critical: false },
      { name: 'missing', command: ['no-such-program'] },
    ];
    const results = await check(bench, bench.directory('own'), { checks });
    assert.equal(trouble(results), ['bad Fail', 'missing Fail', 'optional Warn']);
    assert.match(results.find(({ name }) => name === 'bad')?.message ?? '', 'exit code 3');
  });

  test('a check that hangs fails when its time is over, and delays no other', async ({ bench }) => {
    const checks = [
      { name: 'hangs', command: 'sleep 1000', timeoutSeconds: 0.3 },
      { name: 'good', command: 'true' },
    ];
    assert.equal(trouble(await check(bench, bench.directory('hanging'), { checks })), ['hangs Fail']);
  });

  test('a name that somebody else has is told, and left to the conflict policy', async ({ bench }) => {
    bench.takeSessionName('web');
    assert.equal(trouble(await check(bench, bench.directory('named'))), ['name Warn']);
  });

  test('a state directory that is nearly full fails', async ({ bench }) => {
    bench.fillDisk();
    assert.equal(trouble(await check(bench, bench.directory('full'))), ['disk Fail']);
  });

  test.run();
};
