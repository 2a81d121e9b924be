import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WindowLaunch } from '../../src/api/action.ts';
import type { ListedPane, ObservedRun, ProcessIdentity } from '../../src/api/observation.ts';
import type { Processes } from '../../src/api/ports/processes.ts';
import type { RunKey, Runs } from '../../src/api/ports/runs.ts';

/** What a command of the suite does, once it has beaten; one that ends does not beat. */
export type Behaviour =
  | { readonly does: 'sleeps' | 'ignores HUP' | 'ignores TERM' | 'lingers' | 'beats' }
  | { readonly does: 'ends'; readonly code: number };

export interface RunsBench {
  readonly runs: Runs;
  readonly processes: Processes;
  commandOf(behaviour: Behaviour): WindowLaunch['command'];
  /** Where commands can be run. */
  readonly cwd: string;
  /** Runs an argv in a pane of a session that is called as the uid is, and marked with it. */
  start(uid: string, argv: readonly string[]): Promise<void>;
  pane(uid: string): Promise<ListedPane>;
  killSession(uid: string): Promise<void>;
  signal(process: ProcessIdentity, signal: 'SIGKILL' | 'SIGTERM'): void;
  /** Until this is said, what lingers does; in simulation for three seconds. */
  letEnd(): void;
  until<T>(check: () => T | Promise<T>): Promise<Exclude<T, false | null | undefined>>;
  remove(): Promise<void>;
}

/** What every implementation of the port keeps to. */
export const runsConform = (subject: string, open: () => RunsBench): void => {
  const bench = open();
  const { runs, processes, until } = bench;
  const test = suite(`runs: ${subject}`);
  test.after(() => bench.remove());

  const keyOf = (uid: string, run = 1): RunKey => ({ uid, attempt: 1, window: 'main', run });
  const launchOf = (behaviour: Behaviour, run = 1): WindowLaunch => ({
    name: 'main',
    run,
    command: bench.commandOf(behaviour),
    cwd: bench.cwd,
    env: {},
    envFile: null,
    logs: true,
  });
  const prepare = (uid: string, behaviour: Behaviour, run = 1): Promise<readonly string[]> =>
    runs.prepare(keyOf(uid, run), launchOf(behaviour, run), `project-${uid}`);
  const observed = async (uid: string, panes: readonly ListedPane[] = []): Promise<ObservedRun> => {
    const { main } = await runs.observe(uid, 1, panes);
    assert.ok(main, `no run of ${uid}`);
    return main;
  };
  /** A run whose command was started; the wrapper and the command. */
  const started = async (uid: string, behaviour: Behaviour) => {
    await bench.start(uid, await prepare(uid, behaviour));
    // It beats once it knows what to do with signals.
    await until(() => runs.heartbeat(keyOf(uid)));
    const { wrapper, command } = await observed(uid);
    assert.ok(wrapper !== null && command !== null);
    return { wrapper, command };
  };
  const ended = (uid: string): Promise<ObservedRun> =>
    until(async () => {
      const run = await observed(uid);
      return run.wrapper !== null && !run.alive && run;
    });

  test('a run lives, and its exit code is kept', async () => {
    for (const code of [0, 1, 137]) {
      const uid = `ends-${code}`;
      await bench.start(uid, await prepare(uid, { does: 'ends', code }));
      const run = await ended(uid);
      assert.is(run.exitCode, code);
      assert.not(run.signalled);
      assert.ok(run.startedAt !== null && run.endedAt !== null && run.endedAt >= run.startedAt);
    }
  });

  test('while it goes on, a run has processes, a terminal and no end', async () => {
    const { wrapper, command } = await started('goes-on', { does: 'sleeps' });
    const run = await observed('goes-on');
    assert.ok(run.alive);
    assert.is(run.endedAt, null);
    assert.is(run.exitCode, null);
    assert.is((await bench.pane('goes-on')).pid, wrapper.pid);
    assert.ok(processes.hasTerminal(wrapper));
    assert.ok(processes.hasTerminal(command));
    assert.ok((processes.typedInto(wrapper, command)?.length ?? 0) > 0);
  });

  test('a command that is killed ends with 137, by whatever it was found', async () => {
    const { command } = await started('killed', { does: 'sleeps' });
    bench.signal(command, 'SIGKILL');
    assert.is((await ended('killed')).exitCode, 137);

    await started('by-window', { does: 'ignores TERM' });
    assert.is(await processes.signalTree('by-window', [], 'SIGKILL', 'main'), 1, 'the wrapper is of no window');
    const run = await ended('by-window');
    assert.is(run.exitCode, 137);
    assert.not(run.signalled);
  });

  test('a session that is killed takes the terminal at once, and its run was signalled', async () => {
    const { wrapper, command } = await started('hung-up', { does: 'sleeps' });
    await bench.killSession('hung-up');
    assert.not(processes.hasTerminal(wrapper));
    assert.not(processes.hasTerminal(command));
    const run = await ended('hung-up');
    assert.ok(run.signalled);
    assert.is(run.exitCode, 129);
  });

  test('a command that ignores HUP outlives its session, without a terminal', async () => {
    const { wrapper, command } = await started('stays', { does: 'ignores HUP' });
    await bench.killSession('stays');
    await until(async () => (await observed('stays')).signalled);
    assert.ok((await observed('stays')).alive);
    assert.ok(processes.isAlive(command));
    assert.not(processes.hasTerminal(wrapper));
    assert.is(processes.typedInto(wrapper, command), null);
    // Its wrapper may notice the end of it, and end, before its own turn comes.
    assert.ok((await processes.signalTree('stays', [], 'SIGKILL')) >= 1);
    assert.not(processes.isAlive(wrapper));
    assert.not(processes.isAlive(command));
  });

  test('SIGTERM to the tree reaches the command once, by its wrapper, which outlives it', async () => {
    const { wrapper } = await started('asked', { does: 'sleeps' });
    await processes.signalTree('asked', [wrapper], 'SIGTERM');
    const run = await ended('asked');
    assert.is(run.exitCode, 143);
    assert.ok(run.signalled);
  });

  test('a command that takes its time to end is alive until it has', async () => {
    const { command } = await started('lingers', { does: 'lingers' });
    await processes.signalTree('lingers', [], 'SIGTERM');
    const run = await until(async () => {
      const seen = await observed('lingers');
      return seen.signalled && seen;
    });
    assert.ok(run.alive);
    assert.ok(processes.isAlive(command));
    bench.letEnd();
    await ended('lingers');
    assert.not(processes.isAlive(command));
  });

  test('a wrapper that is killed leaves no exit code; tmux may know the signal', async () => {
    const { wrapper, command } = await started('cut-off', { does: 'sleeps' });
    bench.signal(wrapper, 'SIGKILL');
    const run = await ended('cut-off');
    assert.is(run.exitCode, null);
    assert.is(run.endedAt, null);
    const pane = await bench.pane('cut-off');
    const codes: readonly (number | null)[] = [137, null];
    assert.ok(codes.includes((await observed('cut-off', [pane])).exitCode));
    await until(() => !processes.isAlive(command));
  });

  test('a wrapper that is killed leaves a command that ignores HUP behind, without a terminal', async () => {
    const { wrapper, command } = await started('left', { does: 'ignores HUP' });
    bench.signal(wrapper, 'SIGKILL');
    await ended('left');
    assert.ok(processes.isAlive(command));
    assert.not(processes.hasTerminal(command));
    assert.is(await processes.signalTree('left', [], 'SIGKILL'), 1);
  });

  test('a run that was prepared and not begun is dead, and does not hide the one that goes on', async () => {
    await prepare('unbegun', { does: 'sleeps' });
    const run = await observed('unbegun');
    assert.equal([run.run, run.alive, run.wrapper, run.exitCode], [1, false, null, null]);

    const { wrapper } = await started('second', { does: 'sleeps' });
    await prepare('second', { does: 'sleeps' }, 2);
    const seen = await observed('second', [await bench.pane('second')]);
    assert.equal([seen.run, seen.alive, seen.wrapper], [1, true, wrapper]);
  });

  test('preparing a run again changes nothing of it', async () => {
    const argv = await prepare('again', { does: 'sleeps' });
    assert.equal(await prepare('again', { does: 'sleeps' }), argv);
    await bench.start('again', argv);
    const { wrapper } = await until(async () => {
      const run = await observed('again');
      return run.command !== null && run;
    });
    assert.equal(await prepare('again', { does: 'ends', code: 3 }), argv);
    assert.equal((await observed('again')).wrapper, wrapper);
  });

  test('the end of a run is told once, and at once where it is over already', async () => {
    const told: string[] = [];
    const watch = (uid: string): void => runs.watch(keyOf(uid), () => told.push(uid));
    const argv = await prepare('watched', { does: 'sleeps' });
    watch('watched');
    await bench.start('watched', argv);
    const { command } = await until(async () => {
      const run = await observed('watched');
      return run.command !== null && run;
    });
    watch('watched');
    assert.equal(told, []);
    if (command !== null) bench.signal(command, 'SIGKILL');
    await until(() => told.length > 0);
    watch('watched');

    await bench.start('over', await prepare('over', { does: 'ends', code: 0 }));
    const { wrapper } = await ended('over');
    await until(() => wrapper !== null && !processes.isAlive(wrapper));
    watch('over');
    await until(() => told.includes('over'));
    watch('never-prepared');
    assert.equal(told, ['watched', 'over']);
  });

  test('beats are seen as they come', async () => {
    await prepare('beats', { does: 'beats' });
    assert.is(await runs.heartbeat(keyOf('beats')), null);
    assert.is(await runs.heartbeat(keyOf('never-prepared')), null);
    await bench.start('beats', await prepare('beats', { does: 'beats' }));
    const first = await until(() => runs.heartbeat(keyOf('beats')));
    await until(async () => (await runs.heartbeat(keyOf('beats')))?.mark !== first.mark);
  });

  test('what is forgotten was never there', async () => {
    await started('forgotten', { does: 'sleeps' });
    await runs.forget('forgotten');
    assert.equal(await runs.observe('forgotten', 1, []), {});
    await runs.forget('forgotten');
  });

  test.run();
};
