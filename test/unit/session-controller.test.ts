import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListedSession, ShardListing } from '../../src/api/observation.ts';
import type { Attempt } from '../../src/api/project.ts';
import { absent, present, type Seen, unknown } from '../../src/api/seen.ts';
import { sessionController } from '../../src/controllers/session.ts';
import { attemptOf } from '../helpers/store.ts';

const test = suite('the session controller');

const sessionOf = (uid: string, name: string): ListedSession => ({
  shard: 0,
  id: `$${uid}`,
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

/** What a hint from shard 0 leads to: whom it wakes, and what the pass asks for. */
const hint = async (sessions: Seen<readonly ListedSession[]>, attempts: readonly Attempt[]) => {
  const woken: string[] = [];
  const server: ShardListing['server'] = sessions.seen === 'Present' ? present({ pid: 9, startTicks: 9 }) : sessions;
  const controller = sessionController({
    store: { openAttempts: () => attempts },
    tmux: { observe: async () => [{ shard: 0, socket: '/run/tmux.sock', server, sessions }] },
    wake: (uid) => woken.push(uid),
  });
  const outcome = await controller.reconcile({ key: '0', since: 0 }, new AbortController().signal);
  return { woken, retry: outcome.retry };
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

test('a server that cannot be asked wakes nobody and is asked again (I3, failure 8)', async () => {
  const { woken, retry } = await hint(unknown('it did not answer'), [seen('a')]);
  assert.equal(woken, []);
  assert.ok(retry);
});

test.run();
