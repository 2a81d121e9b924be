import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Mismatch } from '../../src/api/mismatch.ts';
import type { ListedSession } from '../../src/api/observation.ts';
import { present, unknown } from '../../src/api/seen.ts';
import { compare } from '../../src/machines/synchronize/compare.ts';
import { type Look, sessionKey } from '../../src/machines/synchronize/look.ts';
import { type Agreeing, AT, lookAt, projectIn } from '../helpers/state-look.ts';

const test = suite('comparison of records');

const web = projectIn('web');
const session = web.session as ListedSession;
const attempt = web.attempt as NonNullable<Agreeing['attempt']>;

const told = ({ type, subject, decision }: Mismatch): string => `${type} ${subject}: ${decision}`;
const found = (projects: readonly Agreeing[], given: Partial<Look> = {}): readonly string[] =>
  compare(lookAt(projects, given)).mismatches.map(told);

test('nothing disagrees where all records say the same', () => {
  assert.equal(found([]), []);
  const others = (['Pending', 'Queued', 'BackingOff', 'Suspended', 'Completed', 'Failed'] as const).map((phase) =>
    projectIn(phase.toLowerCase(), phase),
  );
  assert.equal(found([web, projectIn('api', 'Running', 1), ...others]), []);
});

test('a row without its session’s name is repaired from the tag (failure 18)', () => {
  assert.equal(found([{ ...web, attempt: { ...attempt, sessionName: null } }]), ['MissingName Project/web: Repair']);
});

test('a missing name that no tag tells is looked for, and held where it cannot be told', () => {
  const lost: Agreeing = { ...web, session: null, attempt: { ...attempt, sessionName: null } };
  assert.equal(found([lost]), ['MissingName Project/web: Repair']);
  const { row } = lost;
  const held = { ...row, memory: { ...row.memory, reason: 'SessionNameMissing' } };
  assert.equal(found([{ ...lost, row: held }]), ['MissingName Project/web: Hold']);
});

test('the tag is believed on name, id, server and a newer attempt; a session of an older one is stopped', () => {
  assert.equal(found([{ ...web, attempt: { ...attempt, sessionName: 'old' } }]), [
    'NameDisagreement Project/web: Repair',
  ]);
  assert.equal(found([{ ...web, attempt: { ...attempt, sessionId: '$0' } }]), ['IdDisagreement Project/web: Repair']);
  assert.equal(found([{ ...web, attempt: { ...attempt, shard: 7 } }]), ['ShardDisagreement Project/web: Repair']);
  assert.equal(found([{ ...web, attempt: { ...attempt, attempt: 2 } }]), ['AttemptDisagreement Project/web: Repair']);
  assert.equal(found([{ ...web, attempt: { ...attempt, attempt: 4 } }]), ['AttemptDisagreement Project/web: Stop']);
});

test('a session that lives unrecorded is adopted, and one whose attempt is over is stopped', () => {
  assert.equal(found([{ ...web, attempt: null }]), ['UnrecordedSession Project/web: Adopt']);
  const later = { ...web.row, memory: { ...web.row.memory, attempt: 4 } };
  assert.ok(found([{ ...web, row: later, attempt: null }]).includes('AttemptDisagreement Project/web: Stop'));
});

test('a session that is gone under its row is resumed, but not one that is about to be seen', () => {
  assert.equal(found([{ ...web, session: null }]), ['DeadSession Project/web: Resume']);
  assert.equal(found([{ ...web, session: null, attempt: { ...attempt, startedAt: null, sessionId: null } }]), []);
});

test('a finished or suspended Project’s session is stopped, unless it is kept to be looked at (failures 28, 29)', () => {
  const completed = projectIn('web', 'Completed');
  assert.equal(found([{ ...completed, session }]), ['SessionOfFinishedProject Project/web: Stop']);
  const kept = projectIn('web', 'Completed', 0, { sessionRetentionSeconds: 60 });
  assert.equal(found([{ ...kept, session }]), []);
  const suspended = projectIn('web', 'Suspended');
  assert.equal(found([{ ...suspended, session }]), ['SessionOfSuspendedProject Project/web: Stop']);
});

test('of two sessions with one uid the recorded one stays', () => {
  const second = { ...session, id: '$99', name: 'web-2' };
  const [listing] = lookAt([web]).listings;
  const listings = listing ? [{ ...listing, sessions: present([second, session]) }] : [];
  const { mismatches } = compare(lookAt([web], { listings }));
  assert.equal(mismatches.map(told), ['DuplicateSession Project/web: Stop']);
  assert.match(mismatches[0]?.message ?? '', 'web-2');
});

test('a session of nobody is killed, reported or adopted, by policy and by who may want it', () => {
  const orphan = { listings: lookAt([web]).listings, stateFiles: present([]) };
  const nobody = { ...orphan, declared: present(new Set<string>()) };
  const subject = `Session/${sessionKey(0, session.id)}`;
  assert.equal(found([], nobody), [`SessionOfUnknownProject ${subject}: KillAfterGrace`]);
  assert.equal(found([], { ...nobody, orphanPolicy: 'Report' }), [`SessionOfUnknownProject ${subject}: Report`]);
  const claimed = compare(lookAt([web], { ...nobody, rows: [], attempts: [], stateFiles: lookAt([web]).stateFiles }));
  assert.ok(claimed.mismatches.map(told).includes(`SessionOfUnknownProject ${subject}: Report`));
  const declared = present(new Set(['web']));
  assert.equal(found([], { ...orphan, declared }), [`SessionOfUnknownProject ${subject}: Adopt`]);
  assert.equal(found([], { ...orphan, declared: unknown('no answer') }), [`SessionOfUnknownProject ${subject}: Hold`]);
  const quarantined = [{ uid: web.row.uid, name: 'web', error: 'odd' }];
  assert.equal(found([], { ...orphan, quarantined }), ['UnreadableRow Project/web: Hold']);
});

test('two rows that claim one session: who has its tag keeps it, and without a tag neither gets it (failures 44, 45)', () => {
  const api = projectIn('api');
  const thief: Agreeing = { ...api, session: null, attempt: { ...attempt, uid: api.row.uid } };
  assert.ok(found([web, thief]).includes('DuplicateClaim Project/api: Resume'));
  assert.not(found([web, thief]).includes('DuplicateClaim Project/web: Resume'));
  const both = found([{ ...web, session: null }, thief]);
  assert.ok(both.includes('DuplicateClaim Project/api: Hold') && both.includes('DuplicateClaim Project/web: Hold'));
});

test('a state file of nobody is archived, and kept as long as anything may need it (failure 3)', () => {
  const subject = 'StateFile/web.json';
  const gone = { stateFiles: lookAt([web]).stateFiles, declared: present(new Set<string>()) };
  assert.equal(found([], gone), [`OrphanedStateFile ${subject}: Archive`]);
  assert.equal(found([], { ...gone, declared: present(new Set(['web'])) }), [`OrphanedStateFile ${subject}: Adopt`]);
  assert.equal(found([], { ...gone, declared: unknown('no answer') }), [`OrphanedStateFile ${subject}: Hold`]);
  assert.ok(found([], { ...gone, listings: lookAt([web]).listings }).includes(`OrphanedStateFile ${subject}: Hold`));
  const silent = lookAt([]).listings.map((listing) => ({ ...listing, sessions: unknown('no answer') }));
  assert.equal(found([], { ...gone, listings: silent }), [`OrphanedStateFile ${subject}: Hold`]);
  const quarantined = [{ uid: web.row.uid, name: 'web', error: 'odd' }];
  assert.equal(found([], { ...gone, quarantined }), ['UnreadableRow Project/web: Hold']);
});

test('a state file that says something else is written anew, and one of an earlier Project is archived', () => {
  const stateFile = web.stateFile as NonNullable<Agreeing['stateFile']>;
  assert.equal(found([{ ...web, stateFile: { ...stateFile, attempt: 1 } }]), [
    'StaleStateFile StateFile/web.json: Rewrite',
  ]);
  assert.equal(found([{ ...web, stateFile: { ...stateFile, uid: 'uid-before' } }]), [
    'StaleStateFile StateFile/web.json: Archive',
  ]);
});

test('a torn state file is written anew from the row; without a row it is kept while a manifest declares it (failure 52)', () => {
  const stateFiles = present([{ name: 'web', file: unknown('it is torn') }]);
  assert.equal(found([web], { stateFiles }), ['TornStateFile StateFile/web.json: Rewrite']);
  assert.equal(found([], { stateFiles, declared: present(new Set(['web'])) }), [
    'TornStateFile StateFile/web.json: Hold',
  ]);
  assert.equal(found([], { stateFiles }), ['TornStateFile StateFile/web.json: Archive']);
});

test('a session that was made elsewhere is told and left alone', () => {
  const paths = present(new Map([[sessionKey(0, session.id), '/srv/elsewhere']]));
  assert.equal(found([web], { paths }), ['PathMismatch Project/web: Report']);
  const slash = present(new Map([[sessionKey(0, session.id), '/srv/web/']]));
  assert.equal(found([web], { paths: slash }), []);
});

test('a manifest that has outlived its Project’s ttl is archived', () => {
  const done = projectIn('web', 'Completed', 0, { ttlSecondsAfterFinished: 60 });
  assert.equal(found([done]), []);
  const now = { ...AT, monotonicMs: AT.monotonicMs + 60_000 };
  assert.equal(found([done], { now }), ['ExpiredManifest Project/web: Archive']);
});

test('what is on the move is left for the next look', () => {
  const lost = { ...web, session: null };
  assert.equal(found([lost], { moving: new Set([web.row.uid]) }), []);
  const { row } = web;
  const stopping = {
    ...row,
    memory: { ...row.memory, stop: { cause: 'Suspended', rung: 'Kill', since: AT } as const },
  };
  assert.equal(found([{ ...lost, row: stopping }]), []);
  assert.equal(found([{ ...lost, row: { ...row, deletion: { requestedAt: 1, force: false } } }]), []);
});

test('a source that does not answer is named, and only what rests on it is not compared (failure 8)', () => {
  const api = projectIn('api', 'Running', 1);
  const lost = [
    { ...web, session: null },
    { ...api, session: null },
  ];
  const listings = lookAt([web, api]).listings.map((listing) => ({
    ...listing,
    sessions: listing.shard === 1 ? unknown('no answer') : present([]),
  }));
  const { mismatches, skipped } = compare(lookAt(lost, { listings }));
  assert.equal(mismatches.map(told), ['DeadSession Project/web: Resume']);
  assert.equal(skipped, [{ source: 'tmux', reason: 'server 1: no answer' }]);
  const blind = compare(lookAt([web], { stateFiles: unknown('a'), declared: unknown('b'), paths: unknown('c') }));
  assert.equal(blind.mismatches, []);
  assert.equal(
    blind.skipped.map(({ source }) => source),
    ['tmux', 'stateFiles', 'manifests'],
  );
});

test.run();
