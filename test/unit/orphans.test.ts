import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListedSession, StateFile } from '../../src/api/observation.ts';
import type { OrphanRow } from '../../src/api/orphan.ts';
import { newMemory } from '../../src/api/memory.ts';
import { absent, present, unknown } from '../../src/api/seen.ts';
import type { Now } from '../../src/api/time.ts';
import { judgeSession, type OrphanCase } from '../../src/machines/orphans.ts';

const test = suite('orphans');

const CREATED_AT = 1_800_000_000_000;
const HOUR = 3_600_000;
const at = (ms: number, given: Partial<Now> = {}): Now => ({
  wallMs: CREATED_AT + ms,
  monotonicMs: 500_000 + ms,
  bootId: 'boot-1',
  ...given,
});

const session: ListedSession = {
  shard: 0,
  id: '$7',
  name: 'web',
  createdAt: CREATED_AT,
  attached: 0,
  tags: { owner: 'owner-1', uid: 'uid-1', project: 'web', attempt: 3, specHash: 'v1:0' },
  claimed: true,
  panes: [],
};

const stateFileOf = (uid: string): StateFile => ({
  uid,
  name: 'other',
  attempt: 1,
  shard: 0,
  sessionName: 'other',
  memory: newMemory,
});

const nothing = { stateFiles: present([]), declared: present(new Set<string>()) };

const caseOf = (given: Partial<OrphanCase> = {}): OrphanCase => ({
  session,
  siblings: [given.session ?? session],
  unlisted: null,
  claimed: false,
  namesake: null,
  evidence: nothing,
  row: null,
  settings: { policy: 'Kill', graceMs: HOUR, apartMs: 60_000, dryRun: null },
  now: at(0),
  ...given,
});

const settings = (given: Partial<OrphanCase['settings']>): OrphanCase['settings'] => ({
  ...caseOf().settings,
  ...given,
});

/** The same orphan, seen at each of these times; the last verdict. */
const seenAt = (times: readonly Now[], given: Partial<OrphanCase> = {}) => {
  let row: OrphanRow | null = null;
  let last = judgeSession(caseOf({ ...given, row, now: times[0] ?? at(0) }));
  for (const now of times.slice(1)) {
    row = last.row;
    last = judgeSession(caseOf({ ...given, row, now }));
  }
  return last;
};

/** Old enough and seen often enough. */
const due = [at(0), at(60_000), at(HOUR)];

test('an orphan is killed once it is old enough, was seen twice and nothing claims it', () => {
  assert.is(seenAt(due).verdict, 'KillOrphan');
});

test('a session without our tag is foreign, whatever its name and age (failures 14, 15)', () => {
  const { verdict, row } = seenAt(due, { session: { ...session, tags: null, claimed: false } });
  assert.is(verdict, 'Foreign');
  assert.is(row, null);
});

test('a session whose uid a row has is owned, and nothing is remembered of it', () => {
  const { verdict, row } = seenAt(due, { claimed: true });
  assert.is(verdict, 'Owned');
  assert.is(row, null);
});

test('each reason not to kill is enough alone (I3)', () => {
  const reasons: readonly (readonly [string, Partial<OrphanCase>])[] = [
    ['OrphanKept', { settings: settings({ policy: 'Report' }) }],
    ['OrphanKept', { settings: settings({ dryRun: 'a dry run' }) }],
    ['OrphanKept', { evidence: { ...nothing, stateFiles: present([stateFileOf('uid-1')]) } }],
    ['OrphanKept', { evidence: { ...nothing, declared: present(new Set(['web'])) } }],
    ['OrphanKept', { namesake: { uid: 'uid-2', obstacle: null } }],
    [
      'OrphanKept',
      { session: { ...session, tags: { owner: 'o', uid: 'u', project: '../x', attempt: 1, specHash: '' } } },
    ],
    ['OrphanAttached', { siblings: [{ ...session, attached: 1 }] }],
    ['OrphanAttached', { siblings: [session, { ...session, id: '$8', attached: 1 }] }],
    ['OrphanWithinGrace', { siblings: [session, { ...session, id: '$8', createdAt: CREATED_AT + 1000 }] }],
    ['Unknown', { unlisted: 'server 1 does not answer' }],
    ['Unknown', { evidence: null }],
    ['Unknown', { evidence: { ...nothing, stateFiles: unknown('web.json is torn') } }],
    ['Unknown', { evidence: { ...nothing, declared: unknown('the directory is gone') } }],
  ];
  for (const [verdict, given] of reasons) {
    assert.is(seenAt(due, given).verdict, verdict, JSON.stringify(given));
  }
});

test('a state file of another uid claims nothing, and where state files were never made none does', () => {
  assert.is(
    seenAt(due, { evidence: { ...nothing, stateFiles: present([stateFileOf('uid-2')]) } }).verdict,
    'KillOrphan',
  );
  assert.is(seenAt(due, { evidence: { ...nothing, stateFiles: absent } }).verdict, 'KillOrphan');
});

test('two observations close together are one; a second counts a minute later', () => {
  const old = settings({ graceMs: 0 });
  const first = seenAt([at(0)], { settings: old });
  assert.is(first.verdict, 'OrphanSeenOnce');
  assert.is(first.lookAgainMs, 60_000);
  const soon = seenAt([at(0), at(59_000)], { settings: old });
  assert.is(soon.verdict, 'OrphanSeenOnce');
  assert.is(soon.lookAgainMs, 1_000);
  assert.is(seenAt([at(0), at(59_000), at(60_000)], { settings: old }).verdict, 'KillOrphan');
});

test('nothing is remembered anew while nothing changes (I7)', () => {
  const report = { settings: settings({ policy: 'Report' as const }) };
  const settled = seenAt([at(0), at(60_000)], report).row;
  assert.equal(seenAt([at(0), at(60_000), at(600_000), at(HOUR)], report).row, settled);
});

test('within its grace it is left alone, and looked at again when that is over', () => {
  const { verdict, lookAgainMs } = seenAt([at(0), at(60_000), at(HOUR - 5_000)]);
  assert.is(verdict, 'OrphanWithinGrace');
  assert.is(lookAgainMs, 5_000);
});

test('a clock that is set forward ends no grace, and one set back makes nothing older', () => {
  const forward = seenAt([at(0), at(60_000), at(120_000, { wallMs: CREATED_AT + 24 * HOUR })]);
  assert.is(forward.verdict, 'OrphanWithinGrace');
  const back = seenAt([at(0), at(60_000), at(HOUR, { wallMs: CREATED_AT - HOUR })]);
  assert.is(back.verdict, 'OrphanWithinGrace');
  // The wall clock alone does not count a second observation either.
  const jump = seenAt([at(0), at(1_000, { wallMs: CREATED_AT + HOUR })], { settings: settings({ graceMs: 0 }) });
  assert.is(jump.verdict, 'OrphanSeenOnce');
});

test('another session with the same id begins anew', () => {
  const before = seenAt(due).row;
  const again = judgeSession(
    caseOf({ row: before, session: { ...session, createdAt: CREATED_AT + HOUR }, now: at(HOUR) }),
  );
  assert.is(again.verdict, 'OrphanSeenOnce');
  assert.is(again.row?.count, 1);
});

test('with policy Adopt it goes to the Project of its name, if that has no session, and to nobody else (failures 16, 45)', () => {
  const adopt = settings({ policy: 'Adopt', graceMs: HOUR });
  const seen = [at(0), at(60_000)];
  const free = { uid: 'uid-2', obstacle: null };
  assert.is(seenAt(seen, { settings: adopt, namesake: free }).verdict, 'AdoptOrphan');
  assert.is(seenAt([at(0)], { settings: adopt, namesake: free }).verdict, 'OrphanSeenOnce');
  const kept: readonly Partial<OrphanCase>[] = [
    { namesake: null },
    { namesake: { uid: 'uid-2', obstacle: 'it has a session' } },
    { namesake: free, siblings: [session, { ...session, id: '$8' }] },
    { namesake: free, evidence: { ...nothing, stateFiles: present([stateFileOf('uid-1')]) } },
    { namesake: free, settings: { ...adopt, dryRun: 'a dry run' } },
  ];
  for (const given of kept) {
    assert.is(
      seenAt([...seen, at(2 * HOUR)], { settings: adopt, ...given }).verdict,
      'OrphanKept',
      JSON.stringify(given),
    );
  }
});

test.run();
