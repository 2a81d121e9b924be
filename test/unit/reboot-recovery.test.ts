import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { UntaggedSession } from '../../src/api/observation.ts';
import { DecisionWorld, specOf, UID } from '../helpers/decision-world.ts';

const test = suite('a session name that is missing');

/** A Project whose attempt lost its session's name, and the session its tags. */
const nameless = (spec: Record<string, unknown> = {}) => {
  const world = new DecisionWorld(specOf(spec)).settle();
  assert.is(world.phase, 'Running');
  world.session = null;
  world.attempts = world.attempts.map((attempt) => ({ ...attempt, sessionName: null }));
  return world;
};

const untagged = (more: Partial<UntaggedSession> = {}): UntaggedSession => ({
  shard: 0,
  id: '$7',
  name: 'something',
  birthUid: null,
  paths: ['/elsewhere'],
  ...more,
});

const repairs = (world: DecisionWorld) =>
  world.plans.flatMap((plan) => plan.actions).filter((action) => action.kind === 'RepairTags');

test('is repaired from the owner tag first: the row believes the session that carries it', () => {
  const world = new DecisionWorld().settle();
  world.attempts = world.attempts.map((attempt) => ({ ...attempt, sessionName: null }));
  world.settle();
  assert.is(world.attempts[0]?.sessionName, 'web');
  assert.is(world.memory.attempt, 1);
  assert.ok(world.events.includes('Repaired'));
});

test('is repaired from the uid the session was born with, though all its tags are gone', () => {
  const world = nameless();
  world.untagged = [untagged({ birthUid: UID }), untagged({ id: '$8', paths: ['/srv/web'] })];
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.attempts[0]?.sessionName, 'something');
  assert.is(world.memory.attempt, 1);
});

test('is repaired from the state file, before any path is looked at', () => {
  const world = nameless();
  world.untagged = [untagged({ name: 'web' }), untagged({ id: '$8', paths: ['/srv/web'] })];
  world.settle();
  assert.is(repairs(world)[0]?.sessionName, 'web');
  assert.is(world.phase, 'Running');
});

test('is repaired from a path that only one session has', () => {
  const world = nameless();
  world.untagged = [untagged({ paths: ['/srv/web', '/srv/web/src'] }), untagged({ id: '$8' })];
  world.settle();
  assert.is(repairs(world)[0]?.sessionId, '$7');
});

test('of an attempt that was never seen to run no session of people is taken for its own, whatever its name and path (I2)', () => {
  const world = nameless();
  world.attempts = world.attempts.map((attempt) => ({ ...attempt, startedAt: null, sessionId: null, server: null }));
  world.untagged = [untagged({ name: 'web', paths: ['/srv/web'] })];
  world.settle();
  assert.equal(repairs(world), []);
  assert.is(world.phase, 'Running');
});

test('evidence is looked at and never consumed: the state file outlives the repair (failures 3, 4)', () => {
  const world = nameless();
  world.untagged = [untagged({ name: 'web' })];
  world.settle();
  assert.is(world.stateFile.seen, 'Present');
});

test('of two Projects that match one session neither gets it (failure 45)', () => {
  const world = nameless();
  world.untagged = [untagged({ paths: ['/srv/web'] })];
  world.rivals = [{ path: '/srv/web', sessionName: 'other' }];
  for (let pass = 0; pass < 5; pass += 1) world.pass();
  assert.equal(repairs(world), []);
  assert.is(world.memory.reason, 'SessionNameMissing');
});

test('a Project whose row cannot be read may be the one that a session matches as well (failures 7, 45)', () => {
  const world = nameless();
  world.untagged = [untagged({ paths: ['/srv/web'] })];
  world.rivals = [{ path: null, sessionName: null }];
  for (let pass = 0; pass < 5; pass += 1) world.pass();
  assert.equal(repairs(world), []);
});

test('two sessions of one path leave the name unrepaired, and nothing is started beside them', () => {
  const world = nameless();
  world.untagged = [untagged({ paths: ['/srv/web'] }), untagged({ id: '$8', paths: ['/srv/web'] })];
  for (let pass = 0; pass < 5; pass += 1) world.pass();
  assert.equal(repairs(world), []);
  assert.is(world.plans.flatMap((plan) => plan.actions).filter((action) => action.kind === 'StartSession').length, 1);
});

test('a session that was born another Project’s is no candidate, whatever its name and path say', () => {
  const world = nameless();
  world.untagged = [untagged({ name: 'web', birthUid: 'another', paths: ['/srv/web'] })];
  world.settle();
  assert.equal(repairs(world), []);
  assert.is(world.memory.attempt, 2);
});

test('with no session anywhere the Project is resumed', () => {
  const world = nameless();
  world.vanish();
  world.settle();
  assert.is(world.phase, 'Running');
  assert.is(world.memory.attempt, 2);
});

test('is tried three times with growing waits that a restart does not shorten (I8)', () => {
  const world = nameless();
  world.inert.add('RepairTags');
  world.untagged = [untagged({ birthUid: UID })];
  const waits: number[] = [];
  for (let tried = 0; tried < 3; tried += 1) {
    world.pass();
    waits.push(world.memory.repair?.wait?.forMs ?? 0);
    world.pass();
    world.advance(waits.at(-1) ?? 0);
  }
  world.pass();
  assert.is(repairs(world).length, 3);
  const [first = 0, second = 0, third = 0] = waits;
  assert.ok(first >= 2_000 && second >= 4_000 && third >= 8_000 && third < 16_000, waits.join(' '));
});

test('the waits of many Projects differ, so that they do not come back at one stroke (failure 70)', () => {
  const waitOf = (uid: string) => {
    const world = nameless();
    world.row = { ...world.row, uid };
    world.inert.add('RepairTags');
    world.untagged = [untagged({ birthUid: uid })];
    world.pass();
    return world.memory.repair?.wait?.forMs;
  };
  assert.ok(new Set(['a', 'b', 'c', 'd', 'e'].map(waitOf)).size > 1);
});

test('what stays ambiguous past the start deadline is Failed, and not a moment before (failure 1)', () => {
  const world = nameless({ startDeadlineSeconds: 300 });
  world.untagged = [untagged({ paths: ['/srv/web'] }), untagged({ id: '$8', paths: ['/srv/web'] })];
  world.settle();
  world.advance(299_000);
  world.settle();
  assert.is.not(world.phase, 'Failed');
  world.advance(1_000);
  world.settle();
  assert.is(world.phase, 'Failed');
  assert.is(world.memory.reason, 'SessionNameUnrecoverable');
  assert.match(world.memory.message, /Unrecoverable null session name after reboot/);
});

test('with nothing left and resumePolicy Never it is Failed after the deadline, not started anew', () => {
  const world = nameless({ resumePolicy: 'Never', startDeadlineSeconds: 60 });
  world.vanish();
  world.settle();
  world.advance(60_000);
  world.settle();
  assert.is(world.memory.reason, 'SessionNameUnrecoverable');
  assert.is(world.memory.attempt, 1);
});

test('a Project that failed so heals when its session shows up with its tags (I11)', () => {
  const world = nameless({ resumePolicy: 'Never', startDeadlineSeconds: 60 });
  world.vanish();
  world.settle();
  world.advance(60_000);
  world.settle();
  assert.is(world.phase, 'Failed');
  world.sessionAppears();
  world.settle();
  assert.is(world.phase, 'Running');
});

test('untagged sessions that could not be looked at hold everything (I3)', () => {
  const world = nameless();
  world.untaggedUnknown = true;
  const plan = world.pass();
  assert.ok(plan.retry);
  assert.equal(plan.actions, []);
});

test('tries that came to a good end are forgotten: the fourth loss is repaired like the first', () => {
  const world = new DecisionWorld().settle();
  for (let loss = 1; loss <= 4; loss += 1) {
    const lost = world.session;
    world.session = null;
    world.untagged = [untagged({ id: lost?.id ?? '', name: 'web', birthUid: UID })];
    for (let pass = 0; pass < 5 && world.session === null; pass += 1) world.pass();
    world.settle();
    assert.is(world.phase, 'Running', `loss ${loss}`);
    assert.is(world.memory.repair, null);
    world.advance(60_000);
  }
});

test('a session that lost only the tags that name its Project and its spec gets them back, and is not restarted', () => {
  const world = new DecisionWorld(specOf({ updatePolicy: 'Restart' })).settle();
  const session = world.session;
  assert.ok(session);
  const { hash } = session;
  world.session = { ...session, hash: '' };
  world.settle();
  assert.is(world.session?.hash, hash);
  assert.is(world.memory.attempt, 1);
  assert.is(repairs(world).length, 1);
});

test.run();
