import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../src/api/errors.ts';
import { newMemory } from '../../src/api/memory.ts';
import type { QueueEntry } from '../../src/api/ports/store.ts';
import type { ProjectRow } from '../../src/api/project.ts';
import { timeText } from '../../src/api/time.ts';
import { MASK, maskSpec, unmaskSpec } from '../../src/server/views/mask.ts';
import { projectObject } from '../../src/server/views/project.ts';
import { queueViews } from '../../src/server/views/queue.ts';
import { parseSelector } from '../../src/server/views/selector.ts';
import { attemptOf, manifestOf } from '../helpers/store.ts';

const test = suite('views');

const secret = {
  session: {
    env: { TOKEN: 'abc', EMPTY: '' },
    windows: [
      { name: 'main', command: 'a', env: { KEY: 'xyz' } },
      { name: 'side', command: 'b' },
    ],
  },
};

const rowOf = (given: Partial<ProjectRow> = {}): ProjectRow => ({
  uid: 'uid-web',
  name: 'web',
  labels: {},
  annotations: {},
  generation: 3,
  resourceVersion: 17,
  spec: manifestOf('web', secret).spec,
  file: '/m/web.json',
  manifestError: null,
  createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  deletion: null,
  admittedAt: null,
  memory: newMemory,
  ...given,
});
const socketOf = (shard: number) => `/s/tmux.sock.${shard}`;

test('a Project shows its metadata as Kubernetes writes it', () => {
  const { metadata } = projectObject(rowOf({ labels: { team: 'a' } }), null, socketOf);
  assert.equal(metadata, {
    name: 'web',
    labels: { team: 'a' },
    uid: 'uid-web',
    generation: 3,
    resourceVersion: '17',
    creationTimestamp: '2026-01-02T03:04:05Z',
  });
  const deleted = projectObject(rowOf({ deletion: { requestedAt: 0, force: false } }), null, socketOf);
  assert.is(deleted.metadata.deletionTimestamp, '1970-01-01T00:00:00Z');
});

test('a time that no calendar has, out of an odd row, holds nobody up', () => {
  const { metadata } = projectObject(rowOf({ createdAt: Number.MAX_SAFE_INTEGER }), null, socketOf);
  assert.is(metadata.creationTimestamp, '+275760-09-13T00:00:00Z');
  assert.is(timeText(-1e300), '-271821-04-20T00:00:00.000Z');
});

test('the status names the session of the newest attempt while there is one', () => {
  const attempt = attemptOf('uid-web', 2, { shard: 1, sessionName: 'web', sessionId: '$4', startedAt: 9 });
  const { status } = projectObject(rowOf(), attempt, socketOf);
  assert.is(status.socket, '/s/tmux.sock.1');
  assert.is(status.sessionName, 'web');
  assert.is(status.sessionId, '$4');
  assert.is(status.startedAt, 9);
});

test('an ended attempt shows no session (failure 18), but one that is kept to be looked at', () => {
  const ended = attemptOf('uid-web', 2, {
    sessionName: 'web',
    sessionId: '$4',
    startedAt: 9,
    endedAt: 10,
    cause: 'Exited',
  });
  const { status } = projectObject(rowOf(), ended, socketOf);
  assert.is(status.sessionName, null);
  assert.is(status.socket, null);
  assert.is(status.startedAt, 9);
  const available = {
    type: 'SessionAvailable',
    status: 'True',
    reason: 'Kept',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: 1,
  } as const;
  const kept = projectObject(rowOf({ memory: { ...newMemory, conditions: [available] } }), ended, socketOf);
  assert.is(kept.status.sessionId, '$4');
});

test('the next attempt is when the stored wait ends', () => {
  const now = { wallMs: 1000, monotonicMs: 0, bootId: 'b' };
  const waiting = rowOf({ memory: { ...newMemory, notBefore: { since: now, forMs: 500 } } });
  assert.is(projectObject(waiting, null, socketOf).status.nextAttemptAt, 1500);
  assert.is(projectObject(rowOf(), null, socketOf).status.nextAttemptAt, null);
});

test('values of environment variables are masked wherever a spec is shown', () => {
  const { spec } = projectObject(rowOf(), null, socketOf);
  assert.equal(spec.session.env, { TOKEN: MASK, EMPTY: MASK });
  assert.equal(spec.session.windows[0]?.env, { KEY: MASK });
  assert.not.match(JSON.stringify(spec), 'abc');
  assert.not.match(JSON.stringify(spec), 'xyz');
});

test('a masked spec that comes back gets the stored values, and new values stay', () => {
  const { spec } = rowOf();
  assert.equal(unmaskSpec(maskSpec(spec), spec), spec);
  const edited = unmaskSpec({ ...spec, session: { ...spec.session, env: { TOKEN: MASK, NEW: 'n' } } }, spec);
  assert.equal(edited.session.env, { TOKEN: 'abc', NEW: 'n' });
});

test('a masked value without a stored one is refused by name', () => {
  const { spec } = rowOf();
  assert.throws(
    () => unmaskSpec(maskSpec(spec), null),
    (error: Error) =>
      error instanceof UserError && /spec\.session\.env: the value of TOKEN is masked/.test(error.message),
  );
  const other = { ...spec, session: { ...spec.session, env: spec.session.env, windows: [] } };
  assert.throws(() => unmaskSpec(maskSpec(spec), other), /env of window main: the value of KEY is masked/);
});

test('a selector joins equalities, inequalities and keys', () => {
  const labels = { team: 'a', tier: '' };
  for (const [text, wanted] of [
    ['team=a', true],
    ['team==a', true],
    ['team=b', false],
    ['team!=b', true],
    ['none!=b', true],
    ['team', true],
    ['none', false],
    ['!none', true],
    ['!team', false],
    ['tier=', true],
    ['team=a,tier', true],
    ['team=a, none', false],
    ['constructor', false],
  ] as const) {
    assert.is(parseSelector(text)(labels), wanted, text);
  }
  for (const text of ['a b', '=x', '!team=a', 'a=b=c', ','])
    assert.throws(() => parseSelector(text), /label selector/, text);
});

test('who waits in a queue is listed larger priority first, then by age (failure 61)', () => {
  const entry = (name: string, priority: number, createdAt: number, phase = 'Queued'): QueueEntry => ({
    uid: `uid-${name}`,
    name,
    priority,
    createdAt,
    admittedAt: phase === 'Running' ? 1 : null,
    phase: phase as QueueEntry['phase'],
    suspend: false,
    deleting: false,
    waitsFor: [],
    heldByPreflight: false,
  });
  const [queue] = queueViews({
    queues: () => [{ name: 'default', maxConcurrent: 1 }],
    queueEntries: () => [
      entry('young', 0, 9),
      entry('old', 0, 1),
      entry('urgent', 5, 9),
      entry('runs', 0, 0, 'Running'),
      entry('rests', 0, 0, 'Suspended'),
    ],
    projects: () => [rowOf({ uid: 'uid-old', memory: { ...newMemory, reason: 'QueueFull', message: 'no room' } })],
  });
  assert.equal(queue?.admitted, ['runs']);
  assert.equal(
    queue?.waiting.map(({ project }) => project),
    ['urgent', 'old', 'young'],
  );
  assert.equal(queue?.waiting[1], { project: 'old', priority: 0, reason: 'QueueFull', message: 'no room' });
});

test.run();
