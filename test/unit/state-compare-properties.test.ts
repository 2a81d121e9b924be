import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MismatchDecision, StandingMismatch } from '../../src/api/mismatch.ts';
import { PHASES } from '../../src/api/phase.ts';
import { present, unknown, valueOf } from '../../src/api/seen.ts';
import { compare } from '../../src/machines/synchronize/compare.ts';
import type { Look } from '../../src/machines/synchronize/look.ts';
import { standingAfter } from '../../src/machines/synchronize/standing.ts';
import { type Agreeing, lookAt, projectIn } from '../helpers/state-look.ts';

const test = suite('comparison of any records');

const RUNS = 300;

/** Ways in which one Project's records come to disagree. */
const DAMAGES: Readonly<Record<string, (project: Agreeing) => Agreeing>> = {
  none: (project) => project,
  'name lost': (p) => ({ ...p, attempt: p.attempt && { ...p.attempt, sessionName: null } }),
  'another name': (p) => ({ ...p, attempt: p.attempt && { ...p.attempt, sessionName: 'shared' } }),
  'another attempt': (p) => ({ ...p, attempt: p.attempt && { ...p.attempt, attempt: 1 } }),
  'attempt lost': (p) => ({ ...p, attempt: null }),
  'session lost': (p) => ({ ...p, session: null }),
  'state file lost': (p) => ({ ...p, stateFile: null }),
  'state file of another uid': (p) => ({ ...p, stateFile: p.stateFile && { ...p.stateFile, uid: 'uid-x' } }),
  'state file behind': (p) => ({ ...p, stateFile: p.stateFile && { ...p.stateFile, attempt: 1 } }),
};

const anyProject = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    phase: fc.constantFrom(...PHASES.filter((phase) => !['Starting', 'Waiting', 'Terminating'].includes(phase))),
    shard: fc.nat(2),
    damage: fc.constantFrom(...Object.keys(DAMAGES)),
  })
  .map(({ name, phase, shard, damage }) => ({ name, damage, project: projectIn(name, phase, shard) }));

const anyWorld = fc.uniqueArray(anyProject, { selector: ({ name }) => name, maxLength: 6 });

const anyLook = fc
  .record({
    projects: anyWorld,
    rowsLost: fc.boolean(),
    torn: fc.boolean(),
    policy: fc.constantFrom('Report' as const, 'Kill' as const, 'Adopt' as const),
    silent: fc.subarray(['tmux', 'stateFiles', 'manifests'] as const),
  })
  .map(({ projects, rowsLost, torn, policy, silent }): Look => {
    const look = lookAt(
      projects.map(({ damage, project }) => DAMAGES[damage]?.(project) ?? project),
      { orphanPolicy: policy },
    );
    const files = valueOf(look.stateFiles) ?? [];
    return {
      ...look,
      rows: rowsLost ? look.rows.slice(1) : look.rows,
      listings: silent.includes('tmux')
        ? look.listings.map((listing) => ({ ...listing, sessions: unknown('no answer') }))
        : look.listings,
      stateFiles: silent.includes('stateFiles')
        ? unknown('no answer')
        : present(torn ? files.map(({ name }) => ({ name, file: unknown('torn') })) : files),
      declared: silent.includes('manifests') ? unknown('no answer') : look.declared,
    };
  });

const reversed = (look: Look): Look => ({
  ...look,
  rows: look.rows.toReversed(),
  attempts: look.attempts.toReversed(),
  listings: look.listings.toReversed().map((listing) => {
    const sessions = valueOf(listing.sessions);
    return sessions === undefined ? listing : { ...listing, sessions: present(sessions.toReversed()) };
  }),
  stateFiles: look.stateFiles.seen === 'Present' ? present(look.stateFiles.value.toReversed()) : look.stateFiles,
});

const always = (sentence: string, holds: (look: Look) => void): void =>
  test(sentence, () => {
    fc.assert(fc.property(anyLook, holds), { numRuns: RUNS });
  });

test('nothing disagrees in a world all of whose records agree', () => {
  const holds = fc.property(anyWorld, (projects) => {
    assert.equal(compare(lookAt(projects.map(({ project }) => project))).mismatches, []);
  });
  fc.assert(holds, { numRuns: RUNS });
});

always('what is found does not depend on the order in which it was listed', (look) => {
  assert.equal(compare(reversed(look)), compare(look));
});

always('one thing is told once: no subject has two mismatches of one type', (look) => {
  const keys = compare(look).mismatches.map(({ subject, type }) => `${subject} ${type}`);
  assert.is(new Set(keys).size, keys.length);
});

always('of what does not answer nothing is said, and nothing is done on its account (I3, failure 8)', (look) => {
  const { mismatches, skipped } = compare(look);
  const silent = new Set(skipped.map(({ source }) => source));
  const decisionsOn = (kind: string): readonly MismatchDecision[] =>
    mismatches.filter(({ subject }) => subject.startsWith(kind)).map(({ decision }) => decision);
  if (silent.has('tmux')) {
    assert.ok(decisionsOn('Project/').every((decision) => decision === 'Archive' || decision === 'Hold'));
    assert.equal(decisionsOn('Session/'), []);
    assert.not(mismatches.some(({ type, decision }) => type === 'OrphanedStateFile' && decision === 'Archive'));
  }
  if (silent.has('stateFiles')) assert.not(mismatches.some(({ subject }) => subject.startsWith('StateFile/')));
  if (silent.has('manifests')) assert.ok(decisionsOn('Session/').every((decision) => decision === 'Hold'));
});

always('evidence that a live session may need is never archived (failure 3)', (look) => {
  const uids = new Set(look.listings.flatMap(({ sessions }) => (valueOf(sessions) ?? []).map(({ tags }) => tags?.uid)));
  const files = new Map((valueOf(look.stateFiles) ?? []).map(({ name, file }) => [name, valueOf(file)]));
  for (const { subject, decision } of compare(look).mismatches) {
    const name = /^StateFile\/(.+)\.json$/.exec(subject)?.[1];
    if (name === undefined || decision !== 'Archive') continue;
    assert.not(uids.has(files.get(name)?.uid ?? 'none'), subject);
  }
});

always('to find the same again says and changes nothing (I7)', (look) => {
  const found = compare(look);
  const pass = (before: readonly StandingMismatch[], at: number) =>
    standingAfter({ before, found, moving: look.moving, countEveryMs: 1000, mending: true, at });
  const first = pass([], 1_000);
  const again = pass(first.now, 1_001);
  assert.equal(again.events, []);
  assert.equal(again.now, first.now);
  assert.is(first.events.length, found.mismatches.length);
});

test.run();
