import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isDeepStrictEqual } from 'node:util';
import { unknown } from '../../src/api/seen.ts';
import { decide } from '../../src/machines/project/decide.ts';
import { DecisionWorld, OWNER, specOf } from '../helpers/decision-world.ts';

const test = suite('the life of a Project');

const window = (name: string, more: Record<string, unknown> = {}) => ({ name, command: `run ${name}`, ...more });
const running = (spec: Record<string, unknown> = {}) => {
  const world = new DecisionWorld(specOf(spec)).settle();
  assert.is(world.phase, 'Running');
  return world;
};
const kinds = (world: DecisionWorld) => world.plans.flatMap((plan) => plan.actions.map((action) => action.kind));
const starts = (world: DecisionWorld) => kinds(world).filter((kind) => kind === 'StartSession').length;

test('a new Project is checked, started and seen running', () => {
  const world = running();
  assert.is(world.memory.attempt, 1);
  assert.is(world.attempts[0]?.sessionId, '$1');
  assert.ok(world.events.includes('Started'));
});

test('a Project that runs as it should makes a pass of no writes and no acts (I7, failure 71)', () => {
  const world = running();
  const before = world.memory;
  const plan = world.pass();
  assert.ok(isDeepStrictEqual(plan.memory, before));
  assert.equal(plan.actions, []);
  assert.equal(plan.events, []);
  assert.equal(plan.attempt, {});
});

test('the intent of a start is part of the plan that starts it (I4, failure 31)', () => {
  const world = new DecisionWorld();
  world.inert.add('StartSession');
  while (world.attempts.length === 0) world.pass();
  assert.is(world.plan.attempt.begin?.attempt, 1);
  assert.is(world.phase, 'Starting');
});

test('a start of which nothing was seen is tried again with the same intent, not with a second attempt', () => {
  const world = new DecisionWorld();
  world.inert.add('StartSession');
  for (let pass = 0; pass < 6; pass += 1) world.pass();
  assert.is(world.memory.attempt, 1);
  assert.is(world.attempts.length, 1);
  world.inert.clear();
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.memory.attempt, 1);
});

test('a start still under way after minutes is not failed, and a late session heals it (failure 1)', () => {
  const world = new DecisionWorld();
  world.inert.add('StartSession');
  for (let pass = 0; pass < 4; pass += 1) world.pass();
  world.advance(7 * 60_000);
  world.pass();
  assert.is(world.phase, 'Starting');
  world.inert.clear();
  assert.is(world.settle().phase, 'Running');
});

test('a start that has shown no session by its deadline fails with the reason', () => {
  const world = new DecisionWorld(specOf({ startDeadlineSeconds: 60 }));
  world.inert.add('StartSession');
  for (let pass = 0; pass < 4; pass += 1) world.pass();
  world.advance(60_000);
  world.settle();
  assert.is(world.phase, 'Failed');
  assert.is(world.memory.reason, 'StartDeadlineExceeded');
});

test('a restart of the controller is no evidence of anything: what runs is left alone (failures 2, 60)', () => {
  const world = running();
  const plans = world.plans.length;
  for (let pass = 0; pass < 5; pass += 1) world.pass();
  assert.equal(
    world.plans.slice(plans).flatMap((plan) => plan.actions),
    [],
  );
});

for (const phase of ['Running', 'Starting', 'BackingOff', 'Terminating'] as const) {
  test(`what cannot be observed destroys nothing and fails nothing in phase ${phase} (I3, failures 8, 65)`, () => {
    const world = running();
    world.row = { ...world.row, memory: { ...world.memory, phase, startingSince: world.now } };
    world.unknown = 'the tmux server does not answer';
    world.advance(24 * 3_600_000);
    const plan = world.pass();
    assert.equal(plan.actions, []);
    assert.is(plan.memory.phase, phase);
    assert.ok(plan.retry);
  });
}

test('a primary that ends with 0 completes the Project, and its session is cleaned up (failures 26, 29)', () => {
  const world = running({ session: { windows: [window('main'), window('side')] } });
  world.exit('main', 0);
  world.settle();
  assert.is(world.phase, 'Completed');
  assert.is(world.session, null);
  assert.is(world.attempts[0]?.cause, 'Exited');
});

test('a finished session stays for sessionRetentionSeconds to be looked at, with its sidecars ended', () => {
  const world = running({ sessionRetentionSeconds: 60, session: { windows: [window('main'), window('side')] } });
  world.exit('main', 0);
  world.settle();
  assert.is(world.phase, 'Completed');
  assert.ok(world.session?.panes.every((pane) => pane.dead));
  world.advance(60_000);
  world.settle();
  assert.is(world.session, null);
});

test('the first restart after a failure is immediate and happens in the same session', () => {
  const world = running();
  world.exit('main', 1);
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.memory.attempt, 1);
  assert.is(world.memory.restarts, 1);
  assert.is(world.memory.failures, 1);
  assert.is(world.runs['main']?.run, 2);
});

test('the waits between failures in a row are those of the kubelet, and the last one fails the Project', () => {
  const world = running({ backoffLimit: 4 });
  const waits: number[] = [];
  for (let failure = 1; failure <= 5; failure += 1) {
    world.exit('main', 1);
    world.settle();
    const wait = world.memory.notBefore?.forMs ?? 0;
    waits.push(wait);
    world.advance(wait);
    world.settle();
  }
  assert.equal(waits, [0, 10_000, 20_000, 40_000, 0]);
  assert.is(world.phase, 'Failed');
  assert.is(world.memory.reason, 'BackoffLimitExceeded');
  assert.is(world.session, null);
});

test('a wait is as long after a jump of the clock as before, and is not lost by a restart (I8)', () => {
  const world = running();
  for (const code of [1, 1]) {
    world.exit('main', code);
    world.settle();
  }
  assert.is(world.phase, 'BackingOff');
  world.now = { ...world.now, wallMs: world.now.wallMs - 86_400_000 };
  world.advance(10_000);
  assert.is(world.settle().phase, 'Running');
});

test('a good run of resetAfterSeconds clears the failures (failure 23)', () => {
  const world = running();
  world.exit('main', 1);
  world.settle();
  world.advance(600_000);
  world.settle();
  assert.is(world.memory.failures, 0);
});

test('a run too short to be seen running is a restart too', () => {
  const world = running({ backoffLimit: 4 });
  world.diesAtOnce = true;
  world.exit('main', 1);
  while (world.phase !== 'Failed') {
    world.settle();
    world.advance(world.memory.notBefore?.forMs ?? 0);
  }
  assert.is(world.memory.restarts, 4);
  assert.is(world.memory.failures, 5);
});

test('one death is counted once, however often it is looked at', () => {
  const world = running();
  world.exit('main', 1);
  world.inert.add('RespawnWindow');
  for (let pass = 0; pass < 10; pass += 1) world.pass();
  assert.is(world.memory.failures, 1);
});

test('a session that somebody kills again and again is not fought over: waits grow, then it is Failed (failure 22)', () => {
  const world = running({ backoffLimit: 3 });
  const waits: number[] = [];
  while (world.phase === 'Running') {
    world.vanish();
    world.settle();
    const wait = world.memory.notBefore?.forMs ?? 0;
    waits.push(wait);
    world.advance(wait);
    world.settle();
  }
  assert.equal(waits, [0, 10_000, 20_000, 0]);
  assert.is(world.memory.reason, 'BackoffLimitExceeded');
});

test('a session that vanishes under a living server counts as a failure and is resumed as a new attempt', () => {
  const world = running({ session: { windows: [window('main', { resumeCommand: 'run main --resume' })] } });
  world.vanish();
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.memory.attempt, 2);
  assert.is(world.memory.failures, 1);
  assert.is(world.attempts[0]?.cause, 'SessionVanished');
  const start = world.plans.flatMap((plan) => plan.actions).findLast((action) => action.kind === 'StartSession');
  assert.is(start?.kind === 'StartSession' && start.windows[0]?.command, 'run main --resume');
});

test('the death of the tmux server is nobody’s failure', () => {
  const world = running();
  world.serverDies();
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.memory.failures, 0);
  assert.is(world.attempts[0]?.cause, 'ServerDied');
});

test('a Project that backs off when its session goes is resumed after its wait, and no failure is added', () => {
  for (const lose of [(world: DecisionWorld) => world.vanish(), (world: DecisionWorld) => world.serverDies()]) {
    const world = running();
    for (const code of [1, 1]) {
      world.exit('main', code);
      world.settle();
    }
    assert.equal([world.phase, world.memory.failures], ['BackingOff', 2]);
    lose(world);
    world.settle();
    assert.equal([world.phase, world.memory.attempt, world.attempts[0]?.cause], ['BackingOff', 1, 'Exited']);
    world.advance(10_000);
    world.settle();
    assert.equal([world.phase, world.memory.attempt, world.memory.failures], ['Running', 2, 2]);
  }
});

test('a reboot is nobody’s failure, and what ran is resumed', () => {
  const world = running();
  world.reboots();
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.memory.failures, 0);
  assert.is(world.attempts[0]?.cause, 'Rebooted');
});

test('a primary that had ended well before its session went away is Completed, not resumed (failures 20, 59)', () => {
  const world = running();
  world.exit('main', 0);
  world.session = null;
  world.settle();
  assert.is(world.phase, 'Completed');
  assert.is(starts(world), 1);
});

test('processes that outlive their session are ended before anything is started again (I1, failure 66)', () => {
  const world = running();
  world.vanish();
  world.remains = [{ pid: 4242, startTicks: 9 }];
  world.inert.add('SignalProcesses');
  for (let pass = 0; pass < 8; pass += 1) world.pass();
  assert.is(starts(world), 1);
  world.advance(20_000);
  world.inert.clear();
  world.settle();
  assert.is(starts(world), 2);
  assert.is(world.phase, 'Running');
});

test('with restartPolicy Never a failure is final', () => {
  const world = running({ restartPolicy: 'Never' });
  world.exit('main', 3);
  assert.is(world.settle().phase, 'Failed');
});

test('with restartPolicy Always there is no limit, and an exit code of 0 restarts too', () => {
  const world = running({ restartPolicy: 'Always', backoffLimit: 1 });
  for (const code of [0, 1, 0, 1]) {
    world.exit('main', code);
    world.settle();
    world.advance(300_000);
    world.settle();
  }
  assert.is(world.phase, 'Running');
});

test('the exit policy is asked before the restart policy', () => {
  const policy = {
    exitPolicy: [
      { exitCodes: [42], action: 'Complete' },
      { exitCodes: [7], action: 'Fail' },
    ],
  };
  const completed = running(policy);
  completed.exit('main', 42);
  assert.is(completed.settle().phase, 'Completed');
  const failed = running(policy);
  failed.exit('main', 7);
  assert.is(failed.settle().phase, 'Failed');
});

test('an exit to be ignored restarts without a failure, yet not without a wait (I8)', () => {
  const world = running({ exitPolicy: [{ exitCodes: [9], action: 'Ignore' }] });
  world.exit('main', 9);
  world.settle();
  assert.is(world.phase, 'BackingOff');
  assert.is(world.memory.failures, 0);
  world.advance(10_000);
  assert.is(world.settle().phase, 'Running');
});

test('a sidecar is respawned on its own, whatever the primary does', () => {
  const world = running({ session: { windows: [window('main'), window('side')] } });
  world.exit('side', 1);
  world.settle();
  assert.is(world.runs['side']?.run, 2);
  assert.is(world.memory.failures, 0);
  assert.is(world.runs['main']?.run, 1);
  for (const code of [1, 1]) {
    world.exit('main', code);
    world.settle();
  }
  assert.is(world.phase, 'BackingOff');
  world.advance(700);
  world.exit('side', 1);
  world.settle();
  assert.is(world.memory.sidecars['side']?.failures, 2);
});

test('a window that a person closed is made again', () => {
  const world = running({ session: { windows: [window('main'), window('side')] } });
  world.exit('side', null);
  if (world.session) world.session.panes = world.session.panes.filter((pane) => pane.windowName !== 'side');
  world.settle();
  const respawn = world.plans.flatMap((plan) => plan.actions).find((action) => action.kind === 'RespawnWindow');
  assert.is(respawn?.kind === 'RespawnWindow' && respawn.paneId, null);
});

test('running longer than activeDeadlineSeconds fails, and downtime does not count', () => {
  const world = running({ activeDeadlineSeconds: 100 });
  world.advance(60_000);
  world.serverDies();
  world.advance(3_600_000);
  world.settle();
  assert.is(world.phase, 'Running');
  world.advance(39_000);
  world.settle();
  assert.is(world.phase, 'Running');
  world.advance(1_000);
  world.settle();
  assert.is(world.phase, 'Failed');
  assert.is(world.memory.reason, 'DeadlineExceeded');
  assert.is(world.session, null);
});

test('fresh heartbeats extend the deadline, so many times and no more', () => {
  const world = running({
    activeDeadlineSeconds: 100,
    heartbeat: { periodSeconds: 10, staleAfterSeconds: 30, extensionSeconds: 50, maxExtensions: 2 },
  });
  for (let step = 0; step < 19; step += 1) {
    world.advance(10_000);
    world.lastBeatAt = world.now.wallMs;
    world.settle();
  }
  assert.is(world.phase, 'Running');
  assert.is(world.memory.extensions, 2);
  world.advance(10_000);
  world.lastBeatAt = world.now.wallMs;
  assert.is(world.settle().phase, 'Failed');
});

test('suspend stops the session and stays out of the queue; unsuspend resumes it (failure 39)', () => {
  const world = running();
  world.edit({ suspend: true });
  world.settle();
  assert.is(world.phase, 'Suspended');
  assert.is(world.session, null);
  assert.is(world.attempts[0]?.cause, 'Suspended');
  world.edit({ suspend: false });
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.memory.failures, 0);
});

test('a stop climbs from asking to SIGTERM to SIGKILL, types its keys once, and ends when all is gone', () => {
  const world = running({ terminationGracePeriodSeconds: 30 });
  world.inert.add('InterruptSession');
  world.inert.add('SignalProcesses');
  world.inert.add('KillSession');
  world.edit({ suspend: true });
  for (let pass = 0; pass < 3; pass += 1) world.pass();
  assert.is(kinds(world).filter((kind) => kind === 'InterruptSession').length, 1);
  assert.is(kinds(world).filter((kind) => kind === 'SignalProcesses').length, 0);
  world.advance(10_000);
  for (let pass = 0; pass < 3; pass += 1) world.pass();
  assert.is(kinds(world).filter((kind) => kind === 'SignalProcesses').length, 1);
  world.advance(20_000);
  world.inert.clear();
  world.settle();
  assert.is(world.phase, 'Suspended');
  assert.is(kinds(world).filter((kind) => kind === 'InterruptSession').length, 1);
});

test('deletion stops the session, confirms it absent, and only then forgets the Project', () => {
  const world = running();
  world.row = { ...world.row, deletion: { requestedAt: world.now.wallMs, force: false } };
  world.inert.add('KillSession');
  for (let pass = 0; pass < 4; pass += 1) world.pass();
  assert.not(world.forgotten);
  world.inert.clear();
  for (let pass = 0; pass < 4; pass += 1) world.pass();
  assert.ok(world.forgotten);
  assert.is(world.session, null);
});

for (const [phase, exitCode] of [
  ['Completed', 0],
  ['Failed', 1],
] as const) {
  test(`what is ${phase} stays so when its deletion is withdrawn, and is not run again (I11)`, () => {
    for (const unknown of [null, 'no answer']) {
      const world = running({ restartPolicy: 'Never', sessionRetentionSeconds: 600 });
      world.exit('main', exitCode);
      world.settle();
      assert.is(world.phase, phase);
      const { reason } = world.memory;
      world.unknown = unknown;
      world.inert.add('KillSession');
      world.row = { ...world.row, deletion: { requestedAt: world.now.wallMs, force: false } };
      world.pass();
      assert.is(world.phase, 'Terminating');
      world.row = { ...world.row, deletion: null };
      world.unknown = null;
      world.inert.clear();
      world.settle();
      assert.equal([world.phase, world.memory.reason], [phase, reason]);
      assert.is(starts(world), 1);
    }
  });
}

test('what ran when its deletion was withdrawn is run again', () => {
  const world = running();
  world.inert.add('KillSession');
  world.row = { ...world.row, deletion: { requestedAt: world.now.wallMs, force: false } };
  world.pass();
  world.row = { ...world.row, deletion: null };
  world.inert.clear();
  world.settle();
  assert.equal([world.phase, starts(world)], ['Running', 2]);
});

test('whether a session went alone or with its server is not judged while nobody knows of the server (I3)', () => {
  const world = running();
  world.vanish();
  const seen = world.case();
  const plan = decide({ ...seen, observation: { ...seen.observation, server: unknown('no answer') } });
  assert.equal([plan.rule, plan.attempt, plan.actions], ['what cannot be observed is held', {}, []]);
});

test('a forced deletion forgets without touching the session', () => {
  const world = running();
  world.unknown = 'no answer';
  world.row = { ...world.row, deletion: { requestedAt: world.now.wallMs, force: true } };
  world.pass();
  assert.ok(world.forgotten);
  assert.ok(world.session !== null);
});

test('a reset stops the old attempt, confirms it absent, and queues with a clean history (failures 46, 62)', () => {
  const world = running({ session: { windows: [window('main', { resumeCommand: 'again' })] } });
  world.exit('main', 1);
  world.settle();
  world.command = { id: 'c1', verb: 'reset', project: 'web', requestedAt: 0, acknowledgedAt: null, result: null };
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.memory.attempt, 2);
  assert.is(world.memory.failures, 0);
  assert.is(world.memory.restarts, 0);
  const start = world.plans.flatMap((plan) => plan.actions).findLast((action) => action.kind === 'StartSession');
  assert.is(start?.kind === 'StartSession' && start.windows[0]?.command, 'run main');
});

test('old and new never run together: a reset starts nothing while the old session lives (failure 46)', () => {
  const world = running();
  world.inert.add('InterruptSession');
  world.inert.add('KillSession');
  world.inert.add('SignalProcesses');
  world.command = { id: 'c1', verb: 'reset', project: 'web', requestedAt: 0, acknowledgedAt: null, result: null };
  for (let pass = 0; pass < 10; pass += 1) {
    world.pass();
    world.advance(30_000);
  }
  assert.is(starts(world), 1);
  assert.is(world.phase, 'Terminating');
});

test('a restart by annotation happens once for each new value', () => {
  const world = running();
  world.row = { ...world.row, annotations: { 'tmuxlet.dev/restartedAt': 'today' } };
  world.settle();
  assert.is(world.memory.attempt, 2);
  for (let pass = 0; pass < 5; pass += 1) world.pass();
  assert.is(world.memory.attempt, 2);
  assert.is(world.memory.failures, 0);
});

test('a Completed Project stays so until a person restarts it (I11, failure 19)', () => {
  const world = running();
  world.exit('main', 0);
  world.settle();
  world.advance(86_400_000);
  world.edit({ session: { windows: [window('main', { command: 'other' })] } });
  world.settle();
  assert.is(world.phase, 'Completed');
  world.command = { id: 'c1', verb: 'restart', project: 'web', requestedAt: 0, acknowledgedAt: null, result: null };
  world.settle();
  assert.is(world.phase, 'Running');
});

test('a Failed Project is tried again when what made it fail was edited, and not for other edits (I11)', () => {
  const world = running({ restartPolicy: 'Never' });
  world.exit('main', 1);
  world.settle();
  assert.is(world.phase, 'Failed');
  world.edit({ priority: 7 });
  assert.is(world.settle().phase, 'Failed');
  world.edit({ session: { windows: [window('main', { logs: true, command: 'better' })] } });
  assert.is(world.settle().phase, 'Running');
});

test('a running session is not restarted by an edit unless the spec says so (failure 68)', () => {
  const world = running();
  world.edit({ session: { windows: [window('main', { logs: true, command: 'new' })] } });
  world.settle();
  assert.is(world.memory.attempt, 1);
  world.edit({ updatePolicy: 'Restart' });
  world.settle();
  assert.is(world.memory.attempt, 2);
  assert.is(world.memory.failures, 0);
});

test('a renamed session is still ours: the row is repaired from the tag (failure 17)', () => {
  const world = running();
  if (world.session) world.session.name = 'renamed-by-hand';
  world.settle();
  assert.is(world.attempts[0]?.sessionName, 'renamed-by-hand');
  assert.ok(world.events.includes('Repaired'));
  assert.is(starts(world), 1);
});

test('a session found alive without a record is adopted, not doubled', () => {
  const world = running();
  world.attempts = [];
  world.row = { ...world.row, memory: { ...world.memory, phase: 'Pending', attempt: 0, runningSince: null } };
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.memory.attempt, 1);
  assert.is(starts(world), 1);
  assert.ok(world.events.includes('Adopted'));
});

test('the name of a session that is not ours is left alone: the next free name is taken (I2)', () => {
  const world = new DecisionWorld();
  world.others = [
    { shard: 0, id: '$9', name: 'web', createdAt: 0, attached: 1, tags: null, claimed: false, panes: [] },
    { shard: 0, id: '$8', name: 'web-2', createdAt: 0, attached: 0, tags: null, claimed: false, panes: [] },
  ];
  world.settle();
  assert.is(world.session?.name, 'web-3');
  assert.not(kinds(world).includes('KillSession'));
});

test('with conflictPolicy Fail a taken name fails with the remedy', () => {
  const world = new DecisionWorld(specOf({ conflictPolicy: 'Fail' }));
  world.others = [
    { shard: 0, id: '$9', name: 'web', createdAt: 0, attached: 0, tags: null, claimed: false, panes: [] },
  ];
  world.settle();
  assert.is(world.phase, 'Failed');
  assert.match(world.memory.message, /rename it/);
});

test('a session of another Project is neither adopted nor replaced', () => {
  for (const conflictPolicy of ['Adopt', 'Replace']) {
    const world = new DecisionWorld(specOf({ conflictPolicy }));
    const tags = { owner: OWNER, uid: 'another', project: 'rival', attempt: 1, specHash: 'v1-x' };
    world.others = [{ shard: 0, id: '$9', name: 'web', createdAt: 0, attached: 0, tags, claimed: true, panes: [] }];
    world.settle();
    assert.is(world.phase, 'Queued');
    assert.is(world.memory.reason, 'NameConflict');
  }
});

test('a session of another installation is neither adopted nor replaced', () => {
  for (const conflictPolicy of ['Adopt', 'Replace']) {
    const world = new DecisionWorld(specOf({ conflictPolicy }));
    world.others = [
      { shard: 0, id: '$9', name: 'web', createdAt: 0, attached: 0, tags: null, claimed: true, panes: [] },
    ];
    world.settle();
    assert.is(world.memory.reason, 'NameConflict');
    assert.equal(
      kinds(world).filter((kind) => kind === 'StartSession' || kind === 'AdoptSession'),
      [],
    );
  }
});

test('a Project that failed for want of a session heals when the session of that attempt appears (failure 1)', () => {
  const world = new DecisionWorld(specOf({ startDeadlineSeconds: 60 }));
  world.inert.add('StartSession');
  for (let pass = 0; pass < 4; pass += 1) world.pass();
  world.advance(60_000);
  world.settle();
  assert.is(world.phase, 'Failed');
  world.sessionAppears();
  world.settle();
  assert.is(world.phase, 'Running');
  assert.ok(world.events.includes('Healed'));
  assert.not(kinds(world).includes('KillSession'));
});

test('an attempt number that only the state file knows is not used again', () => {
  const world = running();
  world.vanish();
  world.stateFile = {
    seen: 'Present',
    value: { uid: world.row.uid, name: 'web', attempt: 7, shard: 0, sessionName: 'web', memory: world.memory },
  };
  world.settle();
  assert.is(world.memory.attempt, 8);
});

test('an act that failed is told in the condition people look at first, until one succeeds (failure 30)', () => {
  const world = running();
  const ready = () => world.memory.conditions.find(({ type }) => type === 'Ready')?.message ?? '';
  world.trouble = 'KillSession: no answer';
  world.pass();
  assert.match(ready(), /the last try failed: KillSession: no answer/);
  world.trouble = null;
  world.pass();
  assert.not.match(ready(), /failed/);
});

test('a stale heartbeat restarts or fails as the spec says, and otherwise only shows (failure 51)', () => {
  const stale = (onStale: string) => {
    const world = running({ heartbeat: { staleAfterSeconds: 30, onStale } });
    world.advance(30_000);
    return world.settle();
  };
  assert.is(stale('Restart').memory.attempt, 2);
  assert.is(stale('Fail').memory.reason, 'HeartbeatStale');
  const shown = stale('Alert');
  assert.is(shown.phase, 'Running');
  assert.is(shown.memory.conditions.find(({ type }) => type === 'Stalled')?.status, 'True');
});

test('silence of a heartbeat that could not be read is not staleness (failure 36)', () => {
  const world = running({ heartbeat: { staleAfterSeconds: 30, onStale: 'Fail' } });
  world.heartbeatUnknown = true;
  world.advance(3_600_000);
  assert.is(world.settle().phase, 'Running');
});

test('without a place in the queue a Project waits and says so', () => {
  const world = new DecisionWorld();
  world.row = { ...world.row, admittedAt: null };
  world.settle();
  assert.is(world.phase, 'Queued');
  assert.is(world.memory.reason, 'QueueFull');
  assert.is(starts(world), 0);
});

test('on a machine that is full a Project waits, says what would help, and fails for nothing', () => {
  const world = new DecisionWorld(specOf({ startDeadlineSeconds: 10 }));
  world.machineHold = 'the machine has no open files for one more session: raise ulimit -n (400)';
  world.settle();
  world.advance(60_000);
  world.settle();
  assert.is(world.phase, 'Queued');
  assert.is(world.memory.reason, 'NoRoom');
  assert.match(world.memory.message, 'raise ulimit -n');
  assert.is(starts(world), 0);
  world.machineHold = null;
  assert.is(world.settle().phase, 'Running');
});

test('starts come in waves: without a slot the next one waits (failure 70)', () => {
  const world = new DecisionWorld();
  world.startSlots = 0;
  world.settle();
  assert.is(world.memory.reason, 'StartThrottled');
  world.startSlots = 1;
  assert.is(world.settle().phase, 'Running');
});

test('a dependency that is missing, failed or not ready is waited for with its own reason', () => {
  const reasons = {
    NotFound: 'DependencyNotFound',
    Failed: 'DependencyFailed',
    Waiting: 'DependencyNotReady',
  } as const;
  for (const state of ['NotFound', 'Failed', 'Waiting'] as const) {
    const world = new DecisionWorld();
    world.dependencies = [{ project: 'first', condition: 'Complete', state }];
    world.settle();
    assert.is(world.memory.reason, reasons[state]);
    assert.is(world.phase, 'Queued');
  }
});

test('a dependency once satisfied stays so', () => {
  const world = new DecisionWorld();
  world.dependencies = [{ project: 'first', condition: 'Complete', state: 'Satisfied' }];
  world.row = { ...world.row, admittedAt: null };
  world.settle();
  world.dependencies = [{ project: 'first', condition: 'Complete', state: 'NotFound' }];
  world.row = { ...world.row, admittedAt: 1 };
  assert.is(world.settle().phase, 'Running');
});

test('a critical check that fails holds the Project with the remedy, and is tried again after a wait', () => {
  const world = new DecisionWorld();
  world.inert.add('RunPreflight');
  world.pass();
  world.preflight = {
    generation: 1,
    at: world.now.wallMs + 1,
    checks: [{ check: 'path', name: 'path', result: 'Fail', message: '/srv/web does not exist', remedy: 'create it' }],
  };
  world.advance(5);
  world.settle();
  assert.is(world.phase, 'Pending');
  assert.match(world.memory.message, /does not exist; create it/);
  const condition = world.memory.conditions.find((candidate) => candidate.type === 'PreflightPassed');
  assert.is(condition?.status, 'False');
  world.inert.clear();
  world.advance(10_000);
  assert.is(world.settle().phase, 'Running');
});

test('what a finished run left behind is recorded before its session is killed', () => {
  const world = running();
  world.exit('main', 0);
  world.settle();
  assert.is(world.stored[0]?.exitCode, 0);
  assert.is(world.stored[0]?.lastLines, 'its last lines');
});

test('a Project finished for longer than its ttl has its manifest archived', () => {
  const world = running({ ttlSecondsAfterFinished: 60 });
  world.exit('main', 0);
  world.settle();
  assert.not(world.archived);
  world.advance(60_000);
  world.pass();
  assert.ok(world.archived);
});

test('a torn state file is written anew and decides nothing (failures 52, 72)', () => {
  const world = running();
  world.stateFile = { seen: 'Unknown', reason: 'torn' };
  const plan = world.pass();
  assert.equal(
    plan.actions.map((action) => action.kind),
    ['RecordState'],
  );
  assert.is(world.phase, 'Running');
});

test('every kill, resume, adoption and failure leaves an event with a reason (I5)', () => {
  const world = running();
  world.vanish();
  world.settle();
  world.edit({ suspend: true });
  world.settle();
  for (const reason of ['Starting', 'Started', 'SessionVanished', 'Resuming', 'Resumed', 'Killing', 'Suspended']) {
    assert.ok(world.events.includes(reason), reason);
  }
});

test.run();
