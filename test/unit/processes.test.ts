import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { markerIn, UID_MARKER } from '../../src/adapters/processes/marker.ts';
import { parseStat } from '../../src/adapters/processes/stat.ts';
import { familyOf } from '../../src/adapters/processes/table.ts';
import type { Entry } from '../../src/adapters/processes/table.ts';
import type { ProcessIdentity } from '../../src/api/observation.ts';

const statLine = (name: string): string =>
  `4711 (${name}) S 42 4711 4711 34816 4711 4194304 100 0 0 0 7 5 3 2 20 0 1 0 163522 3133440 381 18446744073709551615`;

const entry = (pid: number, ppid: number, marker: string | null = null, window: string | null = null): Entry => ({
  pid,
  ppid,
  marker,
  window,
  startTicks: pid * 10,
});
const pids = (processes: readonly ProcessIdentity[]): number[] => processes.map(({ pid }) => pid).sort((a, b) => a - b);

const test = suite('processes');

test('the stat of a process is read whatever its name contains', () => {
  for (const name of ['sh', 'Web Content', ') R 1 2 (', 'a) b', '((']) {
    assert.equal(parseStat(statLine(name)), {
      pid: 4711,
      ppid: 42,
      state: 'S',
      group: 4711,
      terminal: 34816,
      foreground: 4711,
      startTicks: 163522,
      image: null,
      cpuTicks: 17,
    });
  }
});

test('what is no stat line is no process', () => {
  for (const line of ['', 'x', '4711 (sh) S', '4711']) assert.is(parseStat(line), null);
});

test('the marker is read from an environment, and nothing that only looks like it', () => {
  const environ = (...variables: string[]): Buffer => Buffer.from(variables.map((each) => `${each}\0`).join(''));
  assert.is(markerIn(environ('A=1', 'TMUXLET_UID=u-1', 'B=2'), UID_MARKER), 'u-1');
  assert.is(markerIn(environ('TMUXLET_UID=first', 'TMUXLET_UID=second'), UID_MARKER), 'first');
  assert.is(markerIn(environ('MY_TMUXLET_UID=u-1', 'X=TMUXLET_UID=u-2'), UID_MARKER), null);
  assert.is(markerIn(environ('MY_TMUXLET_UID=u-1', 'TMUXLET_UID=u-2'), UID_MARKER), 'u-2');
  assert.is(markerIn(Buffer.from('TMUXLET_UID=unfinished'), UID_MARKER), 'unfinished');
  assert.is(markerIn(Buffer.alloc(0), UID_MARKER), null);
});

test('to a Project belong its marked processes and all that descend from them', () => {
  const family = familyOf(
    [entry(1, 0), entry(10, 1, 'a'), entry(11, 10), entry(12, 11), entry(20, 1, 'b'), entry(21, 10, 'b'), entry(30, 1)],
    99,
  );
  assert.equal(pids(family.of('a')), [10, 11, 12, 21]);
  assert.equal(pids(family.of('b')), [20, 21]);
  assert.equal(pids(family.of('c')), []);
});

test('to a window belong only its own marked processes and all that descend from them', () => {
  const family = familyOf(
    [
      entry(10, 1, 'a'),
      entry(11, 10, 'a', 'main'),
      entry(12, 11),
      entry(21, 10, 'a', 'side'),
      entry(31, 1, 'b', 'main'),
    ],
    99,
  );
  assert.equal(pids(family.of('a', 'main')), [11, 12]);
});

test('a root whose pid was recycled has no family (failure 58)', () => {
  const family = familyOf([entry(10, 1), entry(11, 10)], 99);
  assert.equal(pids(family.below([{ pid: 10, startTicks: 100 }])), [10, 11]);
  assert.equal(pids(family.below([{ pid: 10, startTicks: 101 }])), []);
});

test('this process, its ancestors and init belong to nobody, whatever their environment says', () => {
  const entries = [entry(1, 0, 'a'), entry(10, 1, 'a'), entry(11, 10, 'a'), entry(12, 11), entry(13, 10)];
  const family = familyOf(entries, 11);
  assert.equal(pids(family.of('a')), []);
  assert.equal(
    pids(
      family.below([
        { pid: 1, startTicks: 10 },
        { pid: 10, startTicks: 100 },
        { pid: 13, startTicks: 130 },
      ]),
    ),
    [13],
  );
});

test('a family that claims to descend from itself is walked once', () => {
  const family = familyOf([entry(10, 11, 'a'), entry(11, 10)], 99);
  assert.equal(pids(family.of('a')), [10, 11]);
});

test.run();
