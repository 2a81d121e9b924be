import { isDeepStrictEqual } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HeartbeatMemory } from '../../src/api/heartbeat.ts';
import { Spec } from '../../src/api/manifest.ts';
import { newMemory } from '../../src/api/memory.ts';
import { readMemory } from '../../src/api/memory-schema.ts';
import { isBareShell } from '../../src/machines/bare-shell.ts';
import { adaptedMs } from '../../src/machines/project/heartbeat/extension.ts';
import { type BeatLook, type BeatWatch, watchBeats } from '../../src/machines/project/heartbeat/watch.ts';
import { DecisionWorld, specOf } from '../helpers/decision-world.ts';

const test = suite('heartbeats');

const running = (heartbeat: object, more: object = {}): DecisionWorld =>
  new DecisionWorld(
    specOf({ heartbeat: { periodSeconds: 10, staleAfterSeconds: 30, ...heartbeat }, ...more }),
  ).settle();

const beat = (world: DecisionWorld): void => {
  world.lastBeatAt = (world.lastBeatAt ?? 0) + 1;
};

/** Lets time pass as it does: a look every period, each with a beat or without. */
const pass = (world: DecisionWorld, seconds: number, beating: boolean): DecisionWorld => {
  for (let at = 0; at < seconds; at += 10) {
    world.advance(Math.min(10, seconds - at) * 1000);
    if (beating) beat(world);
    world.settle();
  }
  return world;
};

const count = (world: DecisionWorld, reason: string): number => world.events.filter((each) => each === reason).length;
const stalled = (world: DecisionWorld): string | undefined =>
  world.memory.conditions.find(({ type }) => type === 'Stalled')?.status;

/** The controller is started anew: what it watched is forgotten, what is stored is not. */
const restartController = (world: DecisionWorld): void => {
  world.watch = null;
};

const extending = { extensionSeconds: 50, maxExtensions: 2 };

test('without beats the original time-out stands, and beats do not move it more often than they may (failures 51, 57)', () => {
  const silent = pass(running({ ...extending, staleAfterSeconds: 1000 }, { activeDeadlineSeconds: 100 }), 100, false);
  assert.is(silent.memory.reason, 'DeadlineExceeded');
  const beating = pass(running(extending, { activeDeadlineSeconds: 100 }), 190, true);
  assert.is(beating.phase, 'Running');
  assert.is(beating.memory.extensions, 2);
  pass(beating, 10, true);
  assert.is(beating.memory.reason, 'DeadlineExceeded');
  assert.is(beating.memory.message, 'ran longer than 200 s');
});

test('beyond the original time-out the next beat must come within the interval of an extension', () => {
  const world = pass(running({ ...extending, staleAfterSeconds: 1000 }, { activeDeadlineSeconds: 100 }), 90, true);
  // The last beat comes at 95: at 100 it buys an extension to 150, and with no other the time is up at 145.
  world.advance(5000);
  beat(world);
  world.settle();
  pass(world, 45, false);
  assert.is(world.phase, 'Running');
  assert.is(world.memory.extensions, 1);
  world.advance(5000);
  assert.is(world.settle().memory.reason, 'DeadlineExceeded');
});

test('a beat that is too old moves no deadline', () => {
  const world = pass(running({ ...extending, staleAfterSeconds: 1000 }, { activeDeadlineSeconds: 100 }), 70, true);
  assert.is(pass(world, 30, false).memory.reason, 'DeadlineExceeded');
  assert.is(world.memory.extensions, 0);
});

test('a restart of the controller costs nobody an extension: beats are waited for before the time is up (I8)', () => {
  const restarted = (): DecisionWorld => {
    const world = pass(running(extending, { activeDeadlineSeconds: 100 }), 90, true);
    restartController(world);
    world.advance(15_000);
    assert.is(world.settle().phase, 'Running');
    world.advance(10_000);
    return world;
  };
  const living = restarted();
  beat(living);
  assert.is(living.settle().memory.extensions, 1);
  const silent = restarted();
  silent.settle();
  silent.advance(10_000);
  assert.is(silent.settle().memory.reason, 'DeadlineExceeded');
});

test('a clock that jumps neither kills nor extends (failure 36)', () => {
  for (const jumpMs of [365 * 86_400_000, -365 * 86_400_000]) {
    const world = pass(running({ ...extending, onStale: 'Fail' }, { activeDeadlineSeconds: 1000 }), 50, true);
    world.now = { ...world.now, wallMs: world.now.wallMs + jumpMs };
    world.settle();
    pass(world, 20, false);
    assert.is(world.phase, 'Running');
    assert.is(world.memory.extensions, 0);
    assert.is(pass(world, 10, false).memory.reason, 'HeartbeatStale');
  }
});

test('a beat is a change of the file, whatever time the file names: past or future neither kill nor extend', () => {
  const world = running({ onStale: 'Fail' });
  for (const at of [0, 9e15, 1, 8e15]) {
    world.lastBeatAt = at;
    pass(world, 20, false);
    assert.is(world.phase, 'Running');
  }
  assert.is(pass(world, 20, false).memory.reason, 'HeartbeatStale');
});

test('silence is told once, and once when it ends (failures 38, 51)', () => {
  const world = pass(running({ onStale: 'Alert' }), 50, true);
  pass(world, 120, false);
  assert.is(count(world, 'HeartbeatStale'), 1);
  assert.is(stalled(world), 'True');
  pass(world, 30, true);
  assert.is(count(world, 'HeartbeatResumed'), 1);
  assert.is(stalled(world), 'False');
  pass(world, 60, false);
  assert.is(count(world, 'HeartbeatStale'), 2);
});

test('before the first beat the initial delay is left out', () => {
  const world = pass(running({ onStale: 'Fail', initialDelaySeconds: 60 }), 80, false);
  assert.is(world.phase, 'Running');
  assert.is(pass(world, 10, false).memory.reason, 'HeartbeatStale');
});

test('a nudge is typed once a silence, written down before it is typed (I4, failure 40)', () => {
  const world = pass(running({ onStale: 'Nudge', nudgeText: 'go on' }), 20, true);
  pass(world, 100, false);
  const nudges = world.plans.flatMap(({ actions }) => actions.filter(({ kind }) => kind === 'NudgeWindow'));
  assert.is(nudges.length, 1);
  assert.is(nudges[0]?.kind === 'NudgeWindow' && nudges[0].text, 'go on');
  const typing = world.plans.find(({ actions }) => actions.some(({ kind }) => kind === 'NudgeWindow'));
  assert.ok(typing?.memory.heartbeat?.nudgedAt);
  assert.equal(
    typing?.events.map(({ reason }) => reason),
    ['HeartbeatStale', 'Nudging'],
  );
  restartController(world);
  pass(world, 100, false);
  assert.is(count(world, 'Nudging'), 1);
  pass(world, 10, true);
  pass(world, 50, false);
  assert.is(count(world, 'Nudging'), 2);
});

test('a restart for want of beats is no failure, but each in a row waits longer (I8, failure 39)', () => {
  const world = running(
    { onStale: 'Restart' },
    { backoffLimit: 1, backoff: { initialSeconds: 40, maxSeconds: 60, resetAfterSeconds: 100 } },
  );
  const startsAfter = (seconds: number): number => pass(world, seconds, false).memory.attempt;
  assert.is(startsAfter(30), 2);
  assert.is(startsAfter(30 + 30), 2);
  assert.is(startsAfter(10), 3);
  assert.is(startsAfter(30 + 50), 3);
  assert.is(startsAfter(10), 4);
  assert.is(world.memory.failures, 0);
  assert.equal(
    world.attempts.map(({ cause }) => cause),
    ['HeartbeatStale', 'HeartbeatStale', 'HeartbeatStale', null],
  );
  assert.ok(count(world, 'HeartbeatStale') === 3 && world.memory.staleRestarts === 3);
  pass(world, 100, true);
  assert.is(startsAfter(30), 5);
  assert.is(world.memory.staleRestarts, 1);
});

test('beats on time write nothing, and a late one is written down once (I7, failure 71)', () => {
  const world = pass(running({ staleAfterSeconds: 60, onStale: 'Alert' }), 20, true);
  const before = world.memory;
  const passes = world.plans.length;
  pass(world, 200, true);
  assert.ok(isDeepStrictEqual(world.memory, before));
  assert.ok(world.plans.slice(passes).every(({ actions, events }) => actions.length + events.length === 0));
  pass(world, 50, false);
  const written = world.plans.filter(
    ({ memory }, at) => at > 0 && !isDeepStrictEqual(memory, world.plans[at - 1]?.memory),
  );
  assert.is(written.filter(({ memory }) => memory.heartbeat !== null).length, 1);
});

test('silence goes on over a restart of the controller, but is judged only after a period of watching', () => {
  const world = pass(running({ onStale: 'Fail' }), 20, true);
  pass(world, 20, false);
  restartController(world);
  world.advance(3_600_000);
  assert.is(world.settle().phase, 'Running');
  world.advance(9_000);
  assert.is(world.settle().phase, 'Running');
  world.advance(1_000);
  assert.is(world.settle().memory.reason, 'HeartbeatStale');
});

test('after a pause of the controller nothing is stale before a period of watching', () => {
  const world = pass(running({ onStale: 'Fail' }), 20, true);
  world.advance(3_600_000);
  assert.is(world.settle().phase, 'Running');
  world.advance(9_000);
  beat(world);
  assert.is(world.settle().phase, 'Running');
  assert.is(pass(world, 20, false).phase, 'Running');
});

test('a primary that has ended is not silent: its exit code decides', () => {
  const world = pass(running({ onStale: 'Fail' }), 10, true);
  world.advance(3_600_000);
  world.exit('main', 0);
  assert.is(world.settle().phase, 'Completed');
  assert.equal(world.memory.completedMs, [3_610_000]);
});

test('a heartbeat that is no longer asked for ends the silence', () => {
  const world = pass(running({ onStale: 'Alert' }), 60, false);
  assert.is(stalled(world), 'True');
  world.row = { ...world.row, spec: specOf(), generation: 2 };
  world.settle();
  assert.is(world.memory.heartbeat, null);
  assert.is(stalled(world), 'False');
});

test('an adaptive extension ends where nine of ten completions had ended', () => {
  const took = (...seconds: number[]) => seconds.map((each) => each * 1000);
  assert.is(adaptedMs(600_000, 20_000, took(100, 100), 100_000), 600_000, 'too few to learn from');
  assert.is(adaptedMs(600_000, 20_000, took(90, 300, 120), 100_000), 200_000);
  assert.is(adaptedMs(600_000, 20_000, took(90, 3000, 120), 100_000), 600_000, 'never more than the full one');
  assert.is(adaptedMs(600_000, 20_000, took(90, 80, 70), 100_000), 20_000, 'beats still say that it gets on');
  assert.is(
    adaptedMs(600_000, 20_000, took(...Array(18).fill(150), 900, 900), 100_000),
    50_000,
    'outliers do not count',
  );
});

test('extensions adapt to what completions took, and a reset forgets those', () => {
  const world = running({ ...extending, maxExtensions: 9, adaptive: true }, { activeDeadlineSeconds: 100 });
  world.row = { ...world.row, memory: { ...world.memory, completedMs: [60_000, 130_000, 90_000] } };
  pass(world, 100, true);
  assert.is(world.memory.extendedMs, 30_000);
  pass(world, 30, true);
  assert.is(world.memory.extendedMs, 50_000);
  world.command = { id: 'c', verb: 'reset', project: 'web', requestedAt: 1, acknowledgedAt: null, result: null };
  world.settle();
  assert.equal(world.memory.completedMs, []);
  assert.is(world.memory.extendedMs, 0);
});

const heartbeat = Spec.shape.heartbeat.unwrap().parse({ source: 'Any', periodSeconds: 10 });
const at = (seconds: number) => ({ wallMs: seconds * 1000, monotonicMs: seconds * 1000, bootId: 'b' });
const lookAt = (look: Partial<BeatLook>): BeatLook => ({
  life: '1/1',
  wasRunning: false,
  marks: {},
  sequence: null,
  progress: null,
  answeredAt: null,
  ...look,
});
const watched = (
  known: BeatWatch | null,
  look: Partial<BeatLook>,
  seconds: number,
  memory: HeartbeatMemory | null = null,
) => watchBeats(known, lookAt(look), memory, heartbeat, at(seconds));

test('output, a touch and an answer of the command are beats, each stamped when it was seen or came', () => {
  const { watch: first } = watched(null, { marks: { Activity: '7' } }, 100);
  assert.is(first.lastBeat, null, 'what a pane has shown before is no beat');
  const { watch: second, counts } = watched(first, { marks: { Activity: '8' } }, 110);
  assert.equal(second.lastBeat, at(110));
  assert.equal(counts, [{ source: 'Activity', beats: 1, limited: 0 }]);
  const { watch: third } = watched(second, { marks: { Activity: '8' }, answeredAt: at(113) }, 120);
  assert.equal(third.lastBeat, at(113));
  const { watch: fourth } = watched(third, { marks: { Activity: '8', File: 'a' }, answeredAt: at(113) }, 130);
  assert.equal(fourth.lastBeat, at(130));
});

test('the echo of our own typing is no beat, what comes after it is (failure 57)', () => {
  const { watch: before } = watched(null, { marks: { Activity: '1' } }, 100);
  const memory: HeartbeatMemory = { life: '1/1', lastBeat: null, marks: {}, stale: true, nudgedAt: at(160) };
  const { watch: at161 } = watched(before, { marks: { Activity: '2' } }, 161, memory);
  const { watch: at162 } = watched(at161, { marks: { Activity: '3' } }, 162, memory);
  assert.is(at162.lastBeat, null);
  const { watch: at170 } = watched(at162, { marks: { Activity: '4' } }, 170, memory);
  assert.equal(at170.lastBeat, at(170));
});

test('beats that come far too fast are counted and do not count (failure 57)', () => {
  const { watch: first } = watched(null, { marks: { File: 'a' }, sequence: 1 }, 100);
  const flood = watched(first, { marks: { File: 'b' }, sequence: 5001 }, 110);
  assert.equal(flood.counts, [{ source: 'File', beats: 10, limited: 4990 }]);
  const soon = watched(flood.watch, { marks: { File: 'c' }, sequence: 5002 }, 110.5);
  assert.equal(soon.counts, [{ source: 'File', beats: 0, limited: 1 }]);
  assert.equal(soon.watch.lastBeat, at(110));
});

test('a sequence that goes back, or leaps, is one beat or a bounded number of them', () => {
  const { watch: first } = watched(null, { marks: { File: 'a' }, sequence: 7 }, 100);
  assert.is(watched(first, { marks: { File: 'b' }, sequence: 1 }, 110).counts[0]?.beats, 1);
  const { counts } = watched(first, { marks: { File: 'b' }, sequence: Number.MAX_SAFE_INTEGER }, 110);
  assert.ok((counts[0]?.limited ?? Number.POSITIVE_INFINITY) <= 10_000);
});

test('another run begins with nothing of the one before', () => {
  const { watch: first } = watched(null, { marks: { File: 'a' }, progress: 'half' }, 100);
  const { watch: next } = watched(first, { life: '1/2' }, 110);
  assert.is(next.lastBeat, null);
  assert.is(next.progress, null);
  assert.equal(next.watchedSince, at(110));
});

test('a bare shell is told from one that runs something (failure 40)', () => {
  for (const bare of [['bash'], ['-bash'], ['/bin/sh', '-i'], ['zsh', '-l'], ['bash', '-o', 'vi'], ['sh', '-s', 'x']]) {
    assert.ok(isBareShell(bare), bare.join(' '));
  }
  for (const busy of [['sh', '-c', 'read x'], ['bash', '-lc', 'x'], ['/bin/sh', 'run.sh'], ['python3'], ['vim'], []]) {
    assert.not(isBareShell(busy), busy.join(' '));
  }
});

test('a memory from before heartbeats were watched is read with none of it', () => {
  const { heartbeat: _, extendedMs: __, completedMs: ___, staleRestarts: ____, ...old } = newMemory;
  assert.equal(readMemory({ ...old, extensions: 2 }), { ...newMemory, extensions: 2 });
});

test('a heartbeat by command needs the command, and what is typed is one line', () => {
  const parse = (given: object) => Spec.shape.heartbeat.safeParse(given).error?.issues[0]?.path;
  assert.equal(parse({ source: 'Exec' }), ['command']);
  assert.equal(parse({ nudgeText: 'a\nb' }), ['nudgeText']);
  assert.is(parse({ source: 'Exec', command: 'true' }), undefined);
});

test.run();
