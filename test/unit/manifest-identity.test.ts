import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newMemory } from '../../src/api/memory.ts';
import type { ListedSession, ShardListing, StateFile } from '../../src/api/observation.ts';
import { absent, present, type Seen, unknown } from '../../src/api/seen.ts';
import { type Evidence, identify } from '../../src/machines/manifests/identity.ts';

const test = suite('who a Project without a row is');

const session = (uid: string, attempt: number, project = 'web', owner = 'us'): ListedSession => ({
  shard: 0,
  id: `$${attempt}`,
  name: project,
  createdAt: 0,
  attached: 0,
  claimed: true,
  tags: { owner, uid, project, attempt, specHash: 'v1-0' },
  panes: [],
});
const shard = (sessions: Seen<readonly ListedSession[]>): ShardListing => ({
  shard: 0,
  socket: '/s',
  server: present({ pid: 1, startTicks: 1 }),
  sessions,
});
const state = (uid: string, name = 'web'): Seen<StateFile> =>
  present({
    uid,
    name,
    attempt: 4,
    shard: 0,
    sessionName: 'web',
    memory: { ...newMemory, phase: 'Completed', attempt: 3 },
  });
const who = (evidence: Partial<Evidence>) =>
  identify({
    name: 'web',
    stateFile: absent,
    shards: [shard(present([]))],
    ownerId: 'us',
    taken: new Map(),
    newUid: 'new',
    ...evidence,
  });

test('without any evidence it is a new one', () => {
  assert.equal(who({}), { identity: 'Known', uid: 'new', memory: newMemory, evidence: null });
});

test('its state file says who it is and what is remembered, also when tmux cannot be asked', () => {
  for (const shards of [[shard(present([]))], [shard(unknown('time-out'))], []]) {
    const found = who({ stateFile: state('u1'), shards });
    assert.is(found.identity, 'Known');
    if (found.identity !== 'Known') continue;
    assert.equal([found.uid, found.memory.phase, found.evidence], ['u1', 'Completed', 'its state file']);
  }
});

test('live sessions say who it is where the state file is lost or torn, and no attempt number comes again (failure 52)', () => {
  for (const stateFile of [absent, unknown('torn')]) {
    const found = who({ stateFile, shards: [shard(present([session('u1', 6), session('u1', 7)]))] });
    assert.equal(found, {
      identity: 'Known',
      uid: 'u1',
      memory: { ...newMemory, attempt: 7 },
      evidence: "its session's tags",
    });
  }
});

test('the largest attempt number of all evidence is the one that counts', () => {
  const attemptOf = (found: ReturnType<typeof who>) => (found.identity === 'Known' ? found.memory.attempt : null);
  assert.is(attemptOf(who({ stateFile: state('u1') })), 4);
  assert.is(attemptOf(who({ stateFile: state('u1'), shards: [shard(present([session('u1', 9)]))] })), 9);
});

test('a session of another installation, or of another Project, is no evidence (failure 55)', () => {
  const others = [session('u1', 1, 'web', 'them'), session('u2', 1, 'web-2')];
  const found = who({ shards: [shard(present(others))] });
  assert.is(found.identity === 'Known' && found.uid, 'new');
});

test('without evidence it is not made while a tmux server cannot be asked: a session may be alive (I3)', () => {
  for (const stateFile of [absent, unknown('torn')]) {
    const found = who({ stateFile, shards: [shard(present([])), { ...shard(unknown('time-out')), shard: 1 }] });
    assert.equal(found, { identity: 'Unknown', reason: 'tmux server 1: time-out' });
  }
});

test('a torn state file and no session anywhere: it is a new one', () => {
  const found = who({ stateFile: unknown('torn') });
  assert.is(found.identity === 'Known' && found.uid, 'new');
});

test('evidence that does not match one to one is refused (failure 45)', () => {
  const cases: Partial<Evidence>[] = [
    { shards: [shard(present([session('u1', 1), session('u2', 1)]))] },
    { stateFile: state('u1'), shards: [shard(present([session('u2', 1)]))] },
    { stateFile: state('u1', 'api') },
    { stateFile: state('u1'), taken: new Map([['u1', 'api']]) },
  ];
  for (const evidence of cases) assert.is(who(evidence).identity, 'Ambiguous');
});

test.run();
