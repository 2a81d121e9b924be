import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Spec } from '../../src/api/manifest.ts';
import type { HeartbeatProbe } from '../../src/api/ports/world.ts';

export interface ProbeBench {
  readonly probe: HeartbeatProbe;
  /** A directory that is there. */
  readonly path: string;
  /** How often the command `beat` was run. Only what `ask` has answered counts for sure. */
  runs(): number;
  /** What to write for a command that is counted by `runs` and ends well. */
  readonly counted: string;
  /** Waits for what takes so long by its own clock. */
  elapsed<T>(work: Promise<T>): Promise<T>;
  remove(): void;
}

const RUN = { uid: 'uid-web', attempt: 1, window: 'main', run: 1 };
const LONG_MS = 60_000;
/** Commands that hang until their time is over. */
const MANY = 10;

/** What every implementation of the port keeps to. */
export const probeConforms = (subject: string, open: () => ProbeBench): void => {
  const test = suite<{ bench: ProbeBench }>(`heartbeat commands: ${subject}`);

  test.before.each((context) => {
    context.bench = open();
  });
  test.after.each(({ bench }) => bench.remove());

  const ask = (
    { probe, path }: ProbeBench,
    command: string | readonly string[],
    timeoutMs = LONG_MS,
  ): Promise<boolean> => {
    const heartbeat = { source: 'Exec', command };
    const session = { windows: [{ name: 'main', command: 'true' }] };
    return probe.ask({ name: 'web', spec: Spec.parse({ path, session, heartbeat }) }, RUN, timeoutMs);
  };

  test('it is a beat when the command ends with 0, and none with anything else', async ({ bench }) => {
    const { elapsed } = bench;
    assert.is(await elapsed(ask(bench, 'true')), true);
    assert.is(await elapsed(ask(bench, ['true'])), true);
    assert.is(await elapsed(ask(bench, 'exit 1')), false);
    assert.is(await elapsed(ask(bench, ['no-such-program'])), false, 'its own fault');
  });

  test('each asking runs the command anew', async ({ bench }) => {
    for (const count of [1, 2, 3]) {
      await bench.elapsed(ask(bench, bench.counted));
      assert.is(bench.runs(), count);
    }
  });

  test('it is none when the time is over', async ({ bench }) => {
    assert.is(await bench.elapsed(ask(bench, 'sleep 1000', 200)), false);
  });

  test('many that hang hold up a good one for no longer than they may take', async ({ bench }) => {
    const hanging = Array.from({ length: MANY }, () => ask(bench, 'sleep 1000', 200));
    const good = ask(bench, 'true');
    const answers = await bench.elapsed(Promise.all([...hanging, good]));
    assert.equal(answers, [...Array.from({ length: MANY }, () => false), true]);
  });

  test.run();
};
