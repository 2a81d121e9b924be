import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListedSession, ShardListing } from '../../src/api/observation.ts';
import type { RunningSession } from '../../src/api/ports/store.ts';
import { absent, present, unknown } from '../../src/api/seen.ts';
import { Phantoms } from '../../src/telemetry/phantoms.ts';

const test = suite('phantoms');

const server = { pid: 10, startTicks: 100 };
const recorded: RunningSession = { uid: 'web', shard: 0, sessionId: '$1', server };

const session = (uid: string | null, id = '$1'): ListedSession => ({
  shard: 0,
  id,
  name: 'web',
  createdAt: 0,
  attached: 0,
  tags: uid === null ? null : { owner: 'us', uid, project: 'web', attempt: 1, specHash: 'v1-0' },
  claimed: uid !== null,
  panes: [],
});

const listing = (sessions: readonly ListedSession[], by = server, shard = 0): ShardListing => ({
  shard,
  socket: '/s',
  server: present(by),
  sessions: present(sessions),
});
const gone: ShardListing = { shard: 0, socket: '/s', server: absent, sessions: absent };
const silent: ShardListing = { shard: 0, socket: '/s', server: unknown('time-out'), sessions: unknown('time-out') };

/** What stands, and how many were found, after looks that are so many seconds apart. */
const after = (looks: readonly ShardListing[], record = [recorded], seconds = 6) => {
  const phantoms = new Phantoms(() => record);
  const found = looks.map((look, index) => phantoms.look([look], index * seconds * 1000));
  return { standing: phantoms.standing, found: found.reduce((sum, each) => sum + each, 0) };
};

test('a session that is proven gone makes a phantom once it has been for longer than a pass needs, and once', () => {
  const without = listing([]);
  assert.equal(after([without, without]), { standing: 0, found: 0 });
  assert.equal(after([without, without, without]), { standing: 1, found: 1 });
  assert.equal(after([without, without, without, without, without]), { standing: 1, found: 1 });
  assert.equal(after([gone, gone, gone]), { standing: 1, found: 1 });
});

test('a session that is there makes none, with its tags or without', () => {
  for (const there of [session('web'), session(null), session('web', '$7')]) {
    const look = listing([there]);
    assert.equal(after([look, look, look]), { standing: 0, found: 0 });
  }
});

test('the same id on another server is another session', () => {
  const look = listing([session(null)], { pid: 11, startTicks: 200 });
  assert.equal(after([look, look, look]), { standing: 1, found: 1 });
});

test('a server that does not answer proves nothing, neither that there is one nor that it is over (I3)', () => {
  assert.equal(after([silent, silent, silent]), { standing: 0, found: 0 });
  const without = listing([]);
  assert.equal(after([without, without, without, silent]), { standing: 1, found: 1 });
});

test('one that is seen again, or whose record says so, is none any more; another time it counts again', () => {
  const [without, there] = [listing([]), listing([session('web')])];
  assert.equal(after([without, without, without, there]), { standing: 0, found: 1 });
  assert.equal(after([without, without, without, there, without, without, without]), { standing: 1, found: 2 });
  const record = [recorded];
  const phantoms = new Phantoms(() => record);
  for (const seconds of [0, 6, 12]) phantoms.look([without], seconds * 1000);
  assert.is(phantoms.standing, 1);
  record.pop();
  phantoms.look([without], 18_000);
  assert.is(phantoms.standing, 0);
});

test('a row that runs without any attempt on record is looked for on every server', () => {
  const lost: RunningSession = { uid: 'web', shard: null, sessionId: null, server: null };
  assert.equal(after([listing([]), listing([]), listing([])], [lost]), { standing: 1, found: 1 });
  assert.equal(after([listing([session('web')])], [lost]), { standing: 0, found: 0 });
});

test.run();
