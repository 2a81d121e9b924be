import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListedSession, ShardListing } from '../../src/api/observation.ts';
import type { OrphanRow } from '../../src/api/orphan.ts';
import type { Attempt } from '../../src/api/project.ts';
import { absent, present, type Seen, unknown } from '../../src/api/seen.ts';
import { Unreadable } from '../../src/api/ports/store.ts';
import { settled } from '../../src/controllers/loop.ts';
import { sessionController } from '../../src/controllers/session.ts';
import { attemptOf } from '../helpers/store.ts';

const test = suite('the session controller');

const sessionOf = (uid: string, name: string, id = `$${uid}`): ListedSession => ({
  shard: 0,
  id,
  name,
  createdAt: 1000,
  attached: 0,
  tags: { owner: 'owner-1', uid, project: name, attempt: 1, specHash: 'v1-0' },
  claimed: true,
  panes: [],
});

/** An attempt whose session was seen. */
const seen = (uid: string, more: Partial<Attempt> = {}): Attempt =>
  attemptOf(uid, 1, { sessionName: uid, sessionId: `$${uid}`, ...more });

const orphanOf = (sessionId: string): OrphanRow => ({
  shard: 0,
  sessionId,
  createdAt: 1000,
  uid: 'gone',
  name: 'gone',
  project: 'gone',
  firstSeen: { wallMs: 0, monotonicMs: 0, bootId: 'boot' },
  lastSeen: { wallMs: 0, monotonicMs: 0, bootId: 'boot' },
  count: 1,
  verdict: 'OrphanSeenOnce',
  message: '',
});

/** What a hint from shard 0 leads to: whom it wakes, whom it looks at for an orphan, and what the pass asks for. */
const hint = async (
  sessions: Seen<readonly ListedSession[]>,
  attempts: readonly Attempt[],
  { orphans = [], unreadable = [] }: { orphans?: readonly OrphanRow[]; unreadable?: readonly string[] } = {},
) => {
  const woken: string[] = [];
  const added: string[] = [];
  const server: ShardListing['server'] = sessions.seen === 'Present' ? present({ pid: 9, startTicks: 9 }) : sessions;
  const controller = sessionController({
    store: {
      openAttempts: () => attempts,
      orphans: () => orphans,
      project: (uid) => {
        if (unreadable.includes(uid)) throw new Unreadable(`the row of ${uid} is odd`);
        return null;
      },
    },
    tmux: { observe: async () => [{ shard: 0, socket: '/run/tmux.sock', server, sessions }] },
    wake: (uid) => woken.push(uid),
    add: (key) => added.push(key),
    reconcileOrphan: async () => settled,
  });
  const outcome = await controller.reconcile({ key: '0', since: 0 }, new AbortController().signal);
  return { woken, added, retry: outcome.retry };
};

test('a hint wakes the Projects whose session is gone, and nobody else', async () => {
  const { woken, retry } = await hint(
    present([sessionOf('a', 'a'), sessionOf('c', 'c')]),
    ['a', 'b', 'c'].map((uid) => seen(uid)),
  );
  assert.equal(woken, ['b']);
  assert.not(retry);
});

test('a hint wakes the Projects whose session was renamed', async () => {
  const { woken } = await hint(present([sessionOf('a', 'mine'), sessionOf('b', 'b')]), [seen('a'), seen('b')]);
  assert.equal(woken, ['a']);
});

test('a hint wakes all whose server is gone', async () => {
  const { woken } = await hint(absent, [seen('a'), seen('b')]);
  assert.equal(woken, ['a', 'b']);
});

test('sessions of other servers, and those not seen yet, are not asked after', async () => {
  const { woken } = await hint(absent, [seen('other', { shard: 1 }), seen('new', { sessionId: null })]);
  assert.equal(woken, []);
});

test('a hint from a server that cannot be asked wakes nobody and is asked again (I3, failure 8)', async () => {
  const { woken, retry } = await hint(unknown('it did not answer'), [seen('a')]);
  assert.equal(woken, []);
  assert.ok(retry);
});

test('sessions of ours that no row claims are looked at, and those that were orphans; a row that is odd claims its own', async () => {
  const foreign = { ...sessionOf('p', 'people', '$4'), tags: null, claimed: false };
  const { added } = await hint(
    present([sessionOf('a', 'a', '$1'), sessionOf('b', 'b', '$2'), sessionOf('c', 'c', '$3'), foreign]),
    [seen('a', { sessionId: '$1' })],
    { orphans: [orphanOf('$9')], unreadable: ['b'] },
  );
  assert.equal(added, ['0/$3', '0/$9']);
});

test.run();
