import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TmuxError } from '../../src/api/ports/tmux.ts';
import type { TmuxErrorKind } from '../../src/api/ports/tmux.ts';
import { eventually } from '../helpers/eventually.ts';
import {
  OWNER,
  newSession,
  newWindow,
  paneOf,
  sessionNamed,
  sessionsOf,
  tagsOf,
  tmuxBed,
} from '../helpers/tmux-server.ts';

const bed = await tmuxBed();
const other = await tmuxBed();
const tmux = await bed.open();

const rejects = async (kind: TmuxErrorKind, call: () => Promise<unknown>): Promise<void> => {
  const error = await call().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, TmuxError);
  assert.is((error as TmuxError).kind, kind, (error as TmuxError).message);
};

/** A session that somebody made by hand on our server; gives its id. */
const byHand = (name: string, ...more: string[]): Promise<string> =>
  bed.tmux(['new-session', '-d', '-s', name, '-P', '-F', '#{session_id}', ...more, 'sleep', '1000']);

const byNumber = (a: string, b: string): number => Number(a.slice(1)) - Number(b.slice(1));

const namesOf = async (): Promise<readonly string[]> => (await sessionsOf(tmux)).map(({ name }) => name);

const test = suite('tmux safety');
test.after(async () => {
  await bed.end();
  await other.end();
});

test('a session is ended alone, not those whose names begin alike (failure 11)', async () => {
  for (const name of ['proj-7', 'proj-70', 'proj-71']) await tmux.createSession(newSession(name));
  await tmux.killSession(paneOf(await sessionNamed(tmux, 'proj-7')));
  await tmux.killSession({ shard: 0, sessionId: '$9999', uid: 'uid-proj-7' });
  assert.equal((await namesOf()).filter((name) => name.startsWith('proj')).sort(), ['proj-70', 'proj-71']);
});

test('an empty or odd target is refused, not taken for whichever session comes to hand (failure 12)', async () => {
  const session = await sessionNamed(tmux, 'proj-70');
  const pane = paneOf(session);
  for (const bad of ['', ' ', '=', ':', 'proj-70', '{last}', '$1;kill-server', '$']) {
    await rejects('Refused', () => tmux.killSession({ ...pane, sessionId: bad }));
    await rejects('Refused', () => tmux.type({ ...pane, paneId: bad }, 'hello'));
    await rejects('Refused', () => tmux.respawnPane({ ...pane, paneId: bad }, newWindow()));
    await rejects('Refused', () => tmux.addWindow({ ...pane, sessionId: bad }, newWindow()));
    await rejects('Refused', () => tmux.capture(0, bad, 10));
    await rejects('Refused', () => tmux.killForeign(0, bad, 'proj-70'));
    await rejects('Refused', () => tmux.tagSession(0, bad, tagsOf('x')));
  }
  assert.equal(await sessionNamed(tmux, 'proj-70'), session);
});

test('servers on other sockets are not touched (failures 13, 14)', async () => {
  const theirs = await other.open({ ownerId: 'owner-2' });
  await theirs.createSession(newSession('proj-70', { tags: { ...tagsOf('uid-proj-70'), owner: 'owner-2' } }));
  await tmux.killSession(paneOf(await sessionNamed(tmux, 'proj-70')));
  assert.equal(
    (await sessionsOf(theirs)).map(({ name }) => name),
    ['proj-70'],
  );
});

test('a session without our tag is never killed, typed into or changed as if it were ours (I2, failure 15)', async () => {
  const sessionId = await byHand('people');
  await tmux.createSession(newSession('ours'));
  const ours = paneOf(await sessionNamed(tmux, 'ours'));
  const [theirPane] = (await sessionNamed(tmux, 'people')).panes;
  const theirs = { shard: 0, sessionId, uid: 'uid-people', paneId: theirPane?.paneId ?? '' };
  const before = await sessionNamed(tmux, 'people');
  assert.is(before.tags, null);

  await rejects('NotOurs', () => tmux.killSession(theirs));
  await rejects('NotOurs', () => tmux.type(theirs, 'exit'));
  await rejects('NotOurs', () => tmux.type({ ...ours, paneId: theirs.paneId }, 'exit'));
  await rejects('NotOurs', () => tmux.respawnPane(theirs, newWindow()));
  await rejects('NotOurs', () => tmux.addWindow(theirs, newWindow()));
  await rejects('NotOurs', () => tmux.pipe(0, theirs.paneId, join(bed.directory, 'spy.log')));
  assert.equal(await sessionNamed(tmux, 'people'), before);
});

test('a session of ours with another uid, or of another installation, is not what was meant', async () => {
  await byHand('other-owner');
  for (const [tag, value] of [
    ['owner', 'owner-2'],
    ['uid', 'uid-x'],
    ['attempt', '1'],
    ['spec', 'v1:0'],
  ] as const) {
    await bed.tmux(['set-option', '-t', '=other-owner:', `@tmuxlet_${tag}`, value]);
  }
  const { id, tags } = await sessionNamed(tmux, 'other-owner');
  assert.is(tags, null);
  await rejects('NotOurs', () => tmux.killSession({ shard: 0, sessionId: id, uid: 'uid-x' }));
  const ours = await sessionNamed(tmux, 'ours');
  await rejects('NotOurs', () => tmux.killSession({ shard: 0, sessionId: ours.id, uid: 'uid-x' }));
  assert.ok((await namesOf()).includes('other-owner') && (await namesOf()).includes('ours'));
});

test('a foreign session is replaced only when id and name are both still its own, and never one of ours', async () => {
  const id = await byHand('in-the-way');
  await rejects('NotOurs', () => tmux.killForeign(0, id, 'ours'));
  const ours = await sessionNamed(tmux, 'ours');
  await rejects('NotOurs', () => tmux.killForeign(0, ours.id, 'ours'));
  const control = await bed.tmux(['display-message', '-p', '-t', `=_tmuxlet-${OWNER}:`, '#{session_id}']);
  await rejects('NotOurs', () => tmux.killForeign(0, control, `_tmuxlet-${OWNER}`));
  const theirs = await sessionNamed(tmux, 'other-owner');
  await rejects('NotOurs', () => tmux.killForeign(0, theirs.id, 'other-owner'));
  await tmux.killForeign(0, id, 'in-the-way');
  assert.not((await namesOf()).includes('in-the-way'));
  await rejects('NotFound', () => tmux.killForeign(0, id, 'in-the-way'));
});

test('a session is adopted only while nobody owns it, and a repeat changes nothing', async () => {
  const id = await byHand('adopted');
  await rejects('NotOurs', () => tmux.tagSession(0, id, tagsOf('uid-adopted', 3), 'adopted-2'));
  await tmux.tagSession(0, id, tagsOf('uid-adopted', 3), 'adopted');
  await tmux.tagSession(0, id, tagsOf('uid-adopted', 3));
  assert.equal((await sessionNamed(tmux, 'adopted')).tags, tagsOf('uid-adopted', 3));
  await rejects('NotOurs', () => tmux.tagSession(0, id, tagsOf('uid-second')));
  const { id: theirs } = await sessionNamed(tmux, 'other-owner');
  await rejects('NotOurs', () => tmux.tagSession(0, theirs, tagsOf('uid-second')));
  assert.equal((await sessionNamed(tmux, 'adopted')).tags, tagsOf('uid-adopted', 3));
});

test('a session of ours goes to another uid only from the one it was taken for, and a repeat changes nothing', async () => {
  await tmux.createSession(newSession('handed-on'));
  const { id } = await sessionNamed(tmux, 'handed-on');
  const from = { shard: 0, sessionId: id, uid: 'uid-handed-on' };
  await rejects('NotOurs', () => tmux.retagSession({ ...from, uid: 'uid-x' }, tagsOf('uid-heir', 2)));
  await tmux.retagSession(from, tagsOf('uid-heir', 2));
  await tmux.retagSession(from, tagsOf('uid-heir', 2));
  assert.equal((await sessionNamed(tmux, 'handed-on')).tags, tagsOf('uid-heir', 2));
  const { id: people } = await sessionNamed(tmux, 'people');
  await rejects('NotOurs', () => tmux.retagSession({ ...from, sessionId: people }, tagsOf('uid-heir', 2)));
});

test('a session that may only be killed unattended is not while somebody looks at it', async () => {
  await tmux.createSession(newSession('watched'));
  const { id } = await sessionNamed(tmux, 'watched');
  const target = { shard: 0, sessionId: id, uid: 'uid-watched', unattended: true };
  const person = spawn('tmux', ['-S', bed.socket, '-N', '-C', 'attach-session', '-t', id], { stdio: 'pipe' });
  const attached = async (): Promise<number> => (await sessionNamed(tmux, 'watched')).attached;
  await eventually(async () => (await attached()) === 1);
  await rejects('NotOurs', () => tmux.killSession(target));
  person.stdin.end();
  await eventually(async () => (await attached()) === 0);
  await tmux.killSession(target);
  assert.not((await namesOf()).includes('watched'));
});

test('odd names and tags of other sessions do not hide or forge any', async () => {
  await byHand('odd', '-n', 'tab\there\n$1\t@1\t%1\t1');
  const odd = [
    ['two lines', '@tmuxlet_spec', 'v1:0\n$77\t@77\t%77\t1\t0\t\t\t0\t1\t0\tforged\tmain\t\tu\tp\t1\ts'],
    ['odd uid', '@tmuxlet_uid', 'a\tb'],
    ['odd attempt', '@tmuxlet_attempt', '1e9'],
    ['  #{pid} "quoted" \\ é\t☃', '@tmuxlet_owner', 'owner-1 '],
  ] as const;
  for (const [name, tag, value] of odd) {
    const id = await byHand(name);
    for (const option of Object.entries({ owner: OWNER, uid: 'u', project: 'p', attempt: '1', spec: 's' })) {
      await bed.tmux(['set-option', '-t', id, `@tmuxlet_${option[0]}`, option[1]]);
    }
    await bed.tmux(['set-option', '-t', id, tag, value]);
  }
  const sessions = await sessionsOf(tmux);
  const named = (name: string) => sessions.find((session) => session.name === name);
  assert.not(named('forged'));
  const control = await bed.tmux(['list-panes', '-t', `=_tmuxlet-${OWNER}:`, '-F', '#{pane_id}']);
  const real = (await bed.tmux(['list-panes', '-a', '-F', '#{pane_id}'])).split('\n').filter((id) => id !== control);
  assert.equal(sessions.flatMap(({ panes }) => panes.map(({ paneId }) => paneId)).sort(byNumber), real.sort(byNumber));
  assert.is(named('odd')?.panes[0]?.windowName, 'tab\there');
  assert.equal(named('odd')?.panes.length, 1);
  assert.is(named('odd uid')?.tags, null);
  assert.is(named('odd attempt')?.tags, null);
  assert.is(sessions.find((session) => session.name.includes('"quoted"'))?.tags, null);
  assert.ok(named('two lines'));
  assert.ok(named('ours')?.tags);
});

test.run();
