import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition } from '../../src/api/condition.ts';
import type { ListedSession, UntaggedSession } from '../../src/api/observation.ts';
import { DecisionWorld, OWNER, specOf } from '../helpers/decision-world.ts';

const test = suite('a session name that is taken');

const rival = (given: Partial<ListedSession> = {}): ListedSession => ({
  shard: 0,
  id: '$9',
  name: 'web',
  createdAt: 0,
  attached: 0,
  tags: null,
  claimed: false,
  panes: [],
  ...given,
});

const untagged = (given: Partial<UntaggedSession> = {}): UntaggedSession => ({
  shard: 0,
  id: '$9',
  name: 'web',
  birthUid: null,
  paths: ['/srv/web'],
  ...given,
});

const world = (conflictPolicy: string, other: ListedSession, inIt: UntaggedSession | null = untagged()) => {
  const made = new DecisionWorld(specOf({ conflictPolicy }));
  made.others = [other];
  made.untagged = inIt === null ? [] : [inIt];
  made.settle();
  return made;
};

const kinds = (made: DecisionWorld): readonly string[] =>
  made.plans.flatMap((plan) => plan.actions.map((action) => action.kind));

const nameConflict = (made: DecisionWorld): Condition | undefined =>
  made.memory.conditions.find(({ type }) => type === 'NameConflict');

const messages = (made: DecisionWorld, reason: string): readonly string[] =>
  made.plans.flatMap((plan) => plan.events.filter((event) => event.reason === reason).map(({ message }) => message));

test('Rename takes the next free name and tells of both sides', () => {
  const made = world('Rename', rival());
  assert.is(made.session?.name, 'web-2');
  assert.is(nameConflict(made)?.status, 'False');
  assert.equal(messages(made, 'ConflictRenamed'), [
    'session name web is taken by session $9, which nobody has tagged: Project web takes web-2',
  ]);
});

test('Adopt takes an untagged session that works in the path of the spec', () => {
  const made = world('Adopt', rival());
  assert.is(made.session?.id, '$9');
  assert.equal(made.events.filter((reason) => reason === 'ConflictAdopted').length, 1);
  assert.match(messages(made, 'ConflictAdopted')[0] ?? '', /\$9.*Project web adopts it/);
  assert.not(kinds(made).includes('StartSession'));
});

test('Adopt holds with the reason where the path does not match, or nobody could look', () => {
  for (const [inIt, reason] of [
    [untagged({ paths: ['/srv/webshop', '/srv'] }), /works in \/srv\/webshop, \/srv, not in \/srv\/web/],
    [null, /could not be looked at/],
  ] as const) {
    const made = world('Adopt', rival(), inIt);
    assert.is(made.phase, 'Queued');
    assert.match(made.memory.message, reason);
    assert.is(nameConflict(made)?.status, 'True');
    assert.match(nameConflict(made)?.message ?? '', reason);
    assert.not(kinds(made).includes('AdoptSession'));
    assert.is(messages(made, 'NameConflict').length, 1);
  }
});

test('Replace makes a copy before it kills, and names both sides', () => {
  const made = world('Replace', rival(), untagged({ paths: ['/elsewhere'] }));
  const start = made.plans.flatMap(({ actions }) => actions).find((action) => action.kind === 'StartSession');
  assert.is(start?.kind === 'StartSession' && start.replace?.sessionId, '$9');
  assert.match((start?.kind === 'StartSession' && start.replace?.backup) || '', /^web-20[\dT.-]+Z$/);
  assert.match(messages(made, 'ConflictReplaced')[0] ?? '', /\$9.*Project web replaces it.*backups\/web-20/);
  assert.is(made.session?.name, 'web');
});

test('a replacement that is tried again is told again, and goes to the same copy (I5)', () => {
  const made = new DecisionWorld(specOf({ conflictPolicy: 'Replace' }));
  made.others = [rival()];
  made.untagged = [untagged()];
  made.inert.add('StartSession');
  for (let pass = 0; pass < 6; pass += 1) {
    made.advance(1000);
    made.pass();
  }
  const told = messages(made, 'ConflictReplaced');
  assert.ok(told.length > 1);
  assert.is(new Set(told).size, 1);
});

test('what belongs to a Project, to another installation or to another birth is neither adopted nor replaced (failures 45, 55)', () => {
  const tags = { owner: OWNER, uid: 'another', project: 'other', attempt: 1, specHash: 'v1:0' };
  for (const conflictPolicy of ['Adopt', 'Replace']) {
    for (const [other, inIt, reason] of [
      [rival({ tags, claimed: true }), null, /of Project other/],
      [rival({ claimed: true }), null, /of another installation/],
      [rival(), untagged({ birthUid: 'another' }), /born as the session of another Project, another/],
    ] as const) {
      const made = world(conflictPolicy, other, inIt);
      assert.is(made.phase, 'Queued');
      assert.is(nameConflict(made)?.status, 'True');
      assert.match(nameConflict(made)?.message ?? '', reason);
      assert.not(kinds(made).some((kind) => kind === 'AdoptSession' || kind === 'StartSession'));
    }
  }
});

test('Fail says what to do, and the condition clears when the name is free', () => {
  const made = world('Fail', rival());
  assert.is(made.phase, 'Failed');
  assert.match(made.memory.message, /taken by session \$9.*end or rename it, or set session\.name/);
  assert.is(nameConflict(made)?.status, 'True');
  assert.is(messages(made, 'ConflictFailed').length, 1);
  made.others = [];
  made.settle();
  assert.is(nameConflict(made)?.status, 'False');
});

test('a Project that wants no session is in conflict with nobody', () => {
  const made = new DecisionWorld(specOf({ conflictPolicy: 'Adopt', suspend: true }));
  made.others = [rival({ claimed: true })];
  made.settle();
  assert.is(made.phase, 'Suspended');
  assert.is(nameConflict(made)?.status, 'False');
});

test.run();
