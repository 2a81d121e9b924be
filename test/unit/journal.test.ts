import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyJournal, parseJournal } from '../../src/adapters/runs/journal.ts';
import { observedRun } from '../../src/adapters/runs/observed-run.ts';
import type { RunRecord } from '../../src/adapters/runs/read-run.ts';
import type { ListedPane, ProcessIdentity } from '../../src/api/observation.ts';

const BOOT = 'this-boot';
const WHOLE = 'wrapper 10 1000 this-boot\nstart 11 1001\nsignal HUP\nexit 3\n';

const record = (text: string): RunRecord => ({ journal: parseJournal(text), preparedAt: 5, journalledAt: null });
const pane = (more: Partial<ListedPane> = {}): ListedPane => ({
  paneId: '%1',
  windowId: '@1',
  windowName: 'main',
  pid: 10,
  dead: false,
  deadStatus: null,
  deadSignal: null,
  piped: false,
  ...more,
});
/** A machine on which exactly these processes live. */
const machine = (...living: readonly ProcessIdentity[]) => ({
  bootId: BOOT,
  processes: {
    identify: (pid: number) => living.find((each) => each.pid === pid) ?? null,
    isAlive: ({ pid, startTicks }: ProcessIdentity) =>
      living.some((each) => each.pid === pid && each.startTicks === startTicks),
  },
});
const observe = (text: string, listed: ListedPane | null, ...living: readonly ProcessIdentity[]) =>
  observedRun({ run: 1, record: record(text), pane: listed }, machine(...living));

const test = suite('journal');

test('a journal tells of wrapper, command, signals and exit code', () => {
  assert.equal(parseJournal(WHOLE), {
    wrapper: { pid: 10, startTicks: 1000, bootId: BOOT },
    command: { pid: 11, startTicks: 1001 },
    signalled: true,
    exitCode: 3,
  });
  assert.equal(parseJournal(''), emptyJournal);
});

test('a line that is still being written does not count (failure 52)', () => {
  for (let length = 0; length < WHOLE.length; length++) {
    const journal = parseJournal(WHOLE.slice(0, length));
    assert.is(journal.exitCode, null);
    if (journal.wrapper !== null) assert.is(journal.wrapper.startTicks, 1000);
    if (journal.command !== null) assert.is(journal.command.startTicks, 1001);
  }
});

test('lines that mean nothing are passed over', () => {
  assert.equal(parseJournal('\nnonsense\nwrapper x y\nstart\nexit x\n'), emptyJournal);
});

test('a second wrapper in one directory starts the record anew', () => {
  assert.equal(parseJournal(`${WHOLE}wrapper 20 2000 this-boot\n`), {
    ...emptyJournal,
    wrapper: { pid: 20, startTicks: 2000, bootId: BOOT },
  });
});

test('a run is alive while its own wrapper is', () => {
  const text = 'wrapper 10 1000 this-boot\nstart 11 1001\n';
  assert.ok(observe(text, pane(), { pid: 10, startTicks: 1000 }).alive);
  assert.not(
    observe(text, pane(), { pid: 10, startTicks: 1001 }).alive,
    'a recycled pid is another process (failure 58)',
  );
  assert.not(observe(text, pane()).alive, 'tmux may not have noticed the death yet');
  assert.not(observe(text.replace(BOOT, 'an earlier boot'), pane(), { pid: 10, startTicks: 1000 }).alive);
  assert.not(observe(WHOLE, pane(), { pid: 10, startTicks: 1000 }).alive, 'the wrapper has written its last line');
});

test('while the journal is empty the process of the pane speaks for the run', () => {
  assert.ok(observe('', pane(), { pid: 10, startTicks: 1000 }).alive);
  assert.not(observe('', pane({ dead: true }), { pid: 10, startTicks: 1000 }).alive);
  assert.not(observe('', pane()).alive);
  const never = observe('', null);
  assert.not(never.alive);
  assert.is(never.startedAt, null);
});

test('the exit code is that of the journal, else that of tmux for the same process', () => {
  const started = 'wrapper 10 1000 this-boot\nstart 11 1001\n';
  assert.is(observe(WHOLE, pane({ dead: true, deadStatus: 9 })).exitCode, 3);
  assert.is(observe(started, pane({ dead: true, deadStatus: 9 })).exitCode, 9);
  assert.is(observe(started, pane({ dead: true, deadSignal: 9 })).exitCode, 137);
  assert.is(observe(started, pane({ pid: 12, dead: true, deadStatus: 9 })).exitCode, null);
  assert.is(observe(started, null).exitCode, null);
  assert.is(observe('', pane({ dead: true, deadSignal: 15 })).exitCode, 143);
  assert.is(observe(started, pane(), { pid: 10, startTicks: 1000 }).exitCode, null);
});

test('a line with a number that none can be tells nothing', () => {
  const started = 'wrapper 10 1000 this-boot\nstart 11 1001\n';
  for (const odd of ['exit 1e300', 'exit -1', 'exit 256', 'exit 0x10', 'exit ', 'exit', 'exit 3.5']) {
    assert.is(observe(`${started}${odd}\n`, null).exitCode, null, odd);
  }
  for (const odd of ['wrapper 0 1 b', 'wrapper -1 1 b', 'wrapper 1e3 1 b', 'wrapper 99999999999999999999 1 b']) {
    assert.is(observe(`${odd}\n`, null).wrapper, null, odd);
  }
});

test.run();
