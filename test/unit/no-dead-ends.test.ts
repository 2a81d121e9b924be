import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Command, PreflightReport } from '../../src/api/decision.ts';
import { elapsedMs, remainingMs } from '../../src/api/time.ts';
import { DecisionWorld, specOf } from '../helpers/decision-world.ts';

const test = suite('no Project is stuck, and none spins');

const unchecked = { preflight: { mode: 'Skip' } };

const asked = (verb: 'restart' | 'reset'): Command => ({
  id: verb,
  verb,
  project: 'web',
  requestedAt: 0,
  acknowledgedAt: null,
  result: null,
});

/** A Project whose session went with its tmux server, and whose next start does not get through. */
const resuming = (spec: Record<string, unknown> = {}): DecisionWorld => {
  const world = new DecisionWorld(specOf({ ...unchecked, ...spec })).settle();
  world.serverDies();
  world.server = { pid: 200, startTicks: 9 };
  world.pass();
  world.runs = {};
  world.inert.add('StartSession');
  world.pass();
  assert.is(world.phase, 'Starting');
  return world;
};

test('the start deadline stands still while a start is held and waits in its queue (I11)', () => {
  const world = resuming();
  world.fleetHold = 'most resumes fail';
  world.pass();
  world.advance(3_600_000);
  assert.is(world.pass().memory.phase, 'Queued');
  world.fleetHold = null;
  world.inert.clear();
  assert.is(world.settle().phase, 'Running');
});

test('a reset begins a new attempt with command, also where a start with resumeCommand was under way', () => {
  const world = resuming({ session: { windows: [{ name: 'main', command: 'work', resumeCommand: 'go on' }] } });
  world.command = asked('reset');
  world.pass();
  const { attempt, actions } = world.pass();
  assert.is(attempt.begin?.attempt, 3);
  assert.is(actions.find((action) => action.kind === 'StartSession')?.windows[0]?.command, 'work');
  assert.is(world.attempts.find((each) => each.attempt === 2)?.cause, 'Reset');
});

const unrecoverable = (): DecisionWorld => {
  const world = new DecisionWorld(specOf({ ...unchecked, resumePolicy: 'Never' })).settle();
  world.reboots();
  world.attempts = world.attempts.map((attempt) => ({ ...attempt, sessionName: null }));
  world.pass();
  world.advance(3_600_000);
  world.pass();
  assert.is(world.memory.reason, 'SessionNameUnrecoverable');
  return world;
};

test('a person’s restart starts a Project anew whose session name was unrecoverable (I11)', () => {
  const world = unrecoverable();
  world.command = asked('restart');
  assert.is(world.settle().phase, 'Running');
  assert.is(world.memory.attempt, 2);
});

test('a Project whose session name was unrecoverable is not looked at again and again', () => {
  const world = unrecoverable();
  assert.is(world.pass().requeueAfterMs, null);
});

test('what is overdue is looked at at once, which the loop makes rarer, and not every millisecond (I8)', () => {
  const world = new DecisionWorld(specOf({ ...unchecked, ttlSecondsAfterFinished: 10, sessionRetentionSeconds: 0 }));
  world.settle();
  world.exit('main', 0);
  world.settle();
  world.inert.add('ArchiveManifest');
  world.advance(60_000);
  assert.is(world.pass().requeueAfterMs, 0);
});

test('while mending is off nobody looks whether a manifest is still to be archived', () => {
  const world = new DecisionWorld(specOf({ ...unchecked, ttlSecondsAfterFinished: 10, sessionRetentionSeconds: 0 }));
  world.settle();
  world.exit('main', 0);
  world.settle();
  world.mending = false;
  world.advance(60_000);
  assert.is(world.pass().requeueAfterMs, null);
});

const report = (world: DecisionWorld, result: 'Pass' | 'Fail'): PreflightReport => ({
  generation: 1,
  at: world.now.wallMs,
  checks: [{ check: 'path', name: 'path', result, message: 'gone', remedy: 'make it' }],
});

test('a pre-flight report counts once, whatever the wall clock does', () => {
  for (const jumpMs of [-3_600_000, 3_600_000]) {
    const world = new DecisionWorld();
    world.preflight = report(world, 'Fail');
    world.now = { ...world.now, wallMs: world.now.wallMs + jumpMs };
    world.pass();
    assert.is(world.memory.preflightFailures, 1);
    world.advance(60_000);
    assert.equal(
      world
        .pass()
        .actions.map(({ kind }) => kind)
        .filter((kind) => kind === 'RunPreflight'),
      ['RunPreflight'],
    );
    assert.is(world.memory.preflightFailures, 1);
    world.now = { ...world.now, wallMs: world.now.wallMs - 7_200_000 };
    world.preflight = report(world, 'Pass');
    assert.is(world.settle().phase, 'Running');
  }
});

test('a wait from before a reboot ends, although the wall clock has been set back', () => {
  const since = { wallMs: 1_800_000_000_000, monotonicMs: 500_000, bootId: 'boot-1' };
  const now = (monotonicMs: number) => ({ wallMs: 1_000_000, monotonicMs, bootId: 'boot-2' });
  assert.is(elapsedMs(since, now(7_000)), 7_000);
  assert.is(remainingMs({ since, forMs: 10_000 }, now(4_000)), 6_000);
  assert.is(remainingMs({ since, forMs: 10_000 }, now(12_000)), 0);
});

test.run();
