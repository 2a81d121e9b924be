import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../src/adapters/clock.ts';
import { openProcesses } from '../../src/adapters/processes/processes.ts';
import { openRuns } from '../../src/adapters/runs/runs.ts';
import type { WindowLaunch } from '../../src/api/action.ts';
import type { Command } from '../../src/api/manifest.ts';
import type { ObservedRun } from '../../src/api/observation.ts';
import type { RunKey } from '../../src/api/ports/runs.ts';
import { bareTmux } from '../helpers/bare-tmux.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const folder = temporaryFolder();
const clock = systemClock();
const processes = openProcesses(clock);
// What the server's starter has in its environment must reach no command.
const tmux = bareTmux(folder.path, { ...process.env, POLLUTION: 'from the server', EDITOR: 'ed' });
const stateDir = join(folder.path, 'state');
const runs = openRuns({
  stateDir,
  baseEnvironment: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder.path, LANG: 'C.UTF-8' },
  processes,
  clock,
});

const keyOf = (uid: string, run = 1): RunKey => ({ uid, attempt: 1, window: 'main', run });
const launchOf = (command: Command, more: Partial<WindowLaunch> = {}): WindowLaunch => ({
  name: 'main',
  run: 1,
  command,
  cwd: folder.path,
  env: {},
  envFile: null,
  logs: false,
  ...more,
});

const start = async (uid: string, command: Command, more: Partial<WindowLaunch> = {}): Promise<void> => {
  const argv = await runs.prepare(keyOf(uid), launchOf(command, more), `project-${uid}`);
  await tmux.start(uid, uid, argv);
};
const observed = async (uid: string): Promise<ObservedRun> => {
  const run = (await runs.observe(uid, 1, [await tmux.pane(uid)])).main;
  if (run === undefined) throw new Error('the window main was not observed');
  return run;
};
const ended = (uid: string): Promise<ObservedRun> =>
  eventually(async () => {
    const run = await observed(uid);
    return run.alive ? null : run;
  });
const started = (uid: string): Promise<ObservedRun> =>
  eventually(async () => {
    const run = await observed(uid);
    return run.command === null ? null : run;
  });
const screenShows = (uid: string, text: string | RegExp): Promise<string> =>
  eventually(async () => {
    const screen = await tmux.screen(uid);
    assert.match(screen, text);
    return screen;
  });

const test = suite('runs');

test.after(async () => {
  runs.close();
  await tmux.kill();
  folder.remove();
});

test('the exit code of a command is kept', async () => {
  for (const code of [0, 1, 3, 127, 137]) {
    await start(`exit-${code}`, `exit ${code}`);
    const run = await ended(`exit-${code}`);
    assert.is(run.exitCode, code);
    assert.not(run.signalled);
    assert.ok(run.startedAt !== null && run.endedAt !== null && run.endedAt >= run.startedAt);
  }
});

test('a command killed by a signal ends with 128 and the number of it', async () => {
  await start('killed', ['sleep', '1000']);
  const { command } = await started('killed');
  process.kill(command?.pid ?? 0, 'SIGKILL');
  assert.is((await ended('killed')).exitCode, 137);
});

test('an array is run as it stands, a string by the shell', async () => {
  await start('argv', ['printf', '<%s>', '$HOME', "it's", 'a b']);
  await screenShows('argv', "<$HOME><it's><a b>");
  await start('shell', 'for i in 1 2; do printf "<%s>" "$i"; done');
  await screenShows('shell', '<1><2>');
});

test('a working directory that is missing is said in the pane', async () => {
  await start('nowhere', ['true'], { cwd: join(folder.path, 'nowhere') });
  assert.is((await ended('nowhere')).exitCode, 126);
  await screenShows('nowhere', 'cannot enter the working directory');
});

test.run();
