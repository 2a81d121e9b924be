import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Observation, ServerIdentity, SessionTags, UntaggedSession } from '../../src/api/observation.ts';
import type { Processes } from '../../src/api/ports/processes.ts';
import type { Runs } from '../../src/api/ports/runs.ts';
import type { Tmux } from '../../src/api/ports/tmux.ts';
import type { StateFiles } from '../../src/api/ports/world.ts';
import { absent, present } from '../../src/api/seen.ts';
import type { Heartbeats } from '../../src/controllers/heartbeats.ts';
import { observe } from '../../src/controllers/observe.ts';
import { copyStore } from '../../src/store/store.ts';
import { addProject, attemptOf, manifestOf } from '../helpers/store.ts';

const SERVER: ServerIdentity = { pid: 7, startTicks: 70 };
const store = copyStore(null, { now: () => 1000 });
addProject(store, manifestOf('web'));
const row = store.project('uid-web');

interface World {
  readonly server?: ServerIdentity;
  readonly tags?: SessionTags | null;
  readonly birthUid?: string | null;
  /** The attempt is over. */
  readonly endedAt?: number | null;
}

/** What is seen of a Project whose attempt had the session $3, where tmux lists a session of that id. */
const seenOf = async ({
  server = SERVER,
  tags = null,
  birthUid = null,
  endedAt = null,
}: World): Promise<Observation> => {
  assert.ok(row);
  const session = { shard: 0, id: '$3', name: 'web', createdAt: 0, attached: 0, tags, claimed: false, panes: [] };
  const untagged: UntaggedSession = { shard: 0, id: '$3', name: 'web', birthUid, paths: [] };
  const senses = {
    tmux: {
      observe: async () => [{ shard: 0, socket: '/s', server: present(server), sessions: present([session]) }],
      untagged: async () => [untagged],
    } as Partial<Tmux> as Tmux,
    runs: { observe: async () => ({}) } as Partial<Runs> as Runs,
    processes: { observe: async () => ({ of: () => [] }), hasTerminal: () => false } as Partial<Processes> as Processes,
    stateFiles: { read: async () => absent } as Partial<StateFiles> as StateFiles,
    probe: { ask: async () => false },
  };
  const heartbeats = { look: async () => absent } as Partial<Heartbeats> as Heartbeats;
  const attempt = { ...attemptOf(row.uid, 1), sessionName: 'web', sessionId: '$3', server: SERVER, endedAt };
  return (await observe(senses, heartbeats, row, attempt, 0)).observation;
};

const test = suite('observing a Project');

test('a session without our tags is not gone while its server has one of its id (I3)', async () => {
  const { session } = await seenOf({});
  assert.is(session.seen, 'Unknown');
  assert.match(session.seen === 'Unknown' ? session.reason : '', 'web ($3)');
});

test('what is left of an attempt that is over, without our tags, holds up nobody (I12)', async () => {
  assert.is((await seenOf({ endedAt: 900 })).session.seen, 'Absent');
});

test('a session that was born ours is looked for, to be tagged anew', async () => {
  const { session, untagged } = await seenOf({ birthUid: 'uid-web' });
  assert.is(session.seen, 'Absent');
  assert.is(untagged.seen, 'Present');
});

test('a session of that id on another server, or given to another uid, is another', async () => {
  assert.is((await seenOf({ server: { pid: 8, startTicks: 80 } })).session.seen, 'Absent');
  const tags = { owner: 'o', uid: 'uid-other', project: 'other', attempt: 1, specHash: 'h' };
  assert.is((await seenOf({ tags })).session.seen, 'Absent');
});

test.run();
