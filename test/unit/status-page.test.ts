import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deadlinesOf } from '../../src/api/deadlines.ts';
import type { Condition } from '../../src/api/condition.ts';
import { type Memory, newMemory } from '../../src/api/memory.ts';
import type { ProjectRow } from '../../src/api/project.ts';
import { byTrouble, type Filter, lineOf, matches } from '../../src/server/ui/project-lines.ts';
import { manifestOf } from '../helpers/store.ts';

const test = suite('lines of the status page');

const NOW = 1_000_000;
const at = (wallMs: number) => ({ wallMs, monotonicMs: 0, bootId: 'boot' });

const rowOf = (name: string, memory: Partial<Memory> = {}, spec: object = {}): ProjectRow => ({
  uid: `uid-${name}`,
  name,
  labels: {},
  annotations: {},
  generation: 1,
  resourceVersion: 1,
  spec: manifestOf(name, spec).spec,
  file: `/m/${name}.json`,
  manifestError: null,
  createdAt: 0,
  deletion: null,
  admittedAt: null,
  memory: { ...newMemory, ...memory },
});

const lines = (...rows: readonly ProjectRow[]) => rows.map((row) => lineOf(row, () => null, NOW));
const condition = (type: Condition['type'], status: Condition['status']): Condition => ({
  type,
  status,
  reason: `${type}Is${status}`,
  message: 'told by the condition',
  lastTransitionTime: '2026-01-01T00:00:00Z',
  observedGeneration: 1,
});
const all: Filter = { name: '', phase: '', queue: '', trouble: false };

test('trouble comes first, then what is under way, what runs, and what rests; among equals by name', () => {
  const sorted = lines(
    rowOf('suspended', { phase: 'Suspended' }),
    rowOf('runs-b', { phase: 'Running' }),
    rowOf('runs-a', { phase: 'Running' }),
    rowOf('queued', { phase: 'Queued' }),
    rowOf('backs-off', { phase: 'BackingOff' }),
    rowOf('failed', { phase: 'Failed' }),
    rowOf('stalled', { phase: 'Running', conditions: [condition('Stalled', 'True')] }),
  ).toSorted(byTrouble);
  assert.equal(
    sorted.map(({ name }) => name),
    ['failed', 'backs-off', 'stalled', 'queued', 'runs-a', 'runs-b', 'suspended'],
  );
});

test('a condition that is trouble says why, whatever the phase', () => {
  for (const [type, status] of [
    ['Stalled', 'True'],
    ['NameConflict', 'True'],
    ['ManifestValid', 'False'],
    ['PreflightPassed', 'False'],
    ['SessionAvailable', 'Unknown'],
  ] as const) {
    const [line] = lines(rowOf('web', { phase: 'Running', conditions: [condition(type, status)] }));
    assert.is(line?.tone, 'warn');
    assert.is(line?.reason, `${type}Is${status}`);
  }
  const [waits] = lines(rowOf('web', { phase: 'Queued', reason: 'DependencyFailed', message: 'db has failed' }));
  assert.is(waits?.tone, 'warn');
  assert.is(waits?.message, 'db has failed');
});

test('a filter asks for a part of the name, a phase, a queue, or trouble', () => {
  const given = lines(
    rowOf('web-1', { phase: 'Running' }),
    rowOf('web-2', { phase: 'Failed' }, { queue: 'night' }),
    rowOf('api', { phase: 'Running' }, { queue: 'night' }),
  );
  const names = (filter: Partial<Filter>) => given.filter(matches({ ...all, ...filter })).map(({ name }) => name);
  assert.equal(names({}), ['web-1', 'web-2', 'api']);
  assert.equal(names({ name: ' WEB ' }), ['web-1', 'web-2']);
  assert.equal(names({ phase: 'Running' }), ['web-1', 'api']);
  assert.equal(names({ queue: 'night', phase: 'Running' }), ['api']);
  assert.equal(names({ trouble: true }), ['web-2']);
  assert.equal(names({ phase: '<script>' }), []);
});

test('deadlines are what is ahead, the soonest first', () => {
  const row = rowOf(
    'web',
    {
      runningSince: at(NOW - 10_000),
      ranMs: 5_000,
      extendedMs: 2_000,
      notBefore: { since: at(NOW - 9_000), forMs: 5 },
    },
    { activeDeadlineSeconds: 60, heartbeat: { staleAfterSeconds: 30 } },
  );
  assert.equal(deadlinesOf(row, NOW - 1_000, NOW), [
    { what: 'heartbeat stale', at: NOW + 29_000 },
    { what: 'running time used up', at: NOW + 47_000 },
  ]);
  assert.equal(deadlinesOf(rowOf('web'), null, NOW), []);
});

test('a wait, a start, a stop, a repair and the end each have their deadline', () => {
  const whatOf = (memory: Partial<Memory>, spec: object = {}) =>
    deadlinesOf(rowOf('web', memory, spec), null, NOW).map(({ what, at }) => [what, at - NOW]);
  const wait = { since: at(NOW), forMs: 7_000 };
  assert.equal(whatOf({ notBefore: wait }), [['next attempt', 7_000]]);
  assert.equal(whatOf({ startingSince: at(NOW) }, { startDeadlineSeconds: 9 }), [['given up starting', 9_000]]);
  assert.equal(whatOf({ stop: { cause: 'Suspended', rung: 'Interrupt', since: at(NOW) } }), [['end by force', 30_000]]);
  assert.equal(whatOf({ repair: { since: at(NOW), tries: 1, wait } }, { startDeadlineSeconds: 9 }), [
    ['next try of a repair', 7_000],
    ['given up repairing', 9_000],
  ]);
  assert.equal(whatOf({ sidecars: { tests: { failures: 1, notBefore: wait, countedRun: null } } }), [
    ['next run of tests', 7_000],
  ]);
  assert.equal(whatOf({ finishedSince: at(NOW) }, { ttlSecondsAfterFinished: 3 }), [['forgotten', 3_000]]);
});

test.run();
