import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTmux } from '../../src/adapters/tmux/open-tmux.ts';
import { UserError } from '../../src/api/errors.ts';
import type { Tmux, TmuxHint } from '../../src/api/ports/tmux.ts';
import { TmuxError } from '../../src/api/ports/tmux.ts';
import { place } from '../../src/machines/placement.ts';
import { eventually } from '../helpers/eventually.ts';
import {
  BASE_ENV,
  OWNER,
  clock,
  look,
  newSession,
  newWindow,
  paneOf,
  sessionNamed,
  sessionsOf,
  tmuxBed,
} from '../helpers/tmux-server.ts';

const bed = await tmuxBed();

/** How many sessions each shard holds; null for one that is not Present. */
const loads = async (tmux: Tmux): Promise<readonly (number | null)[]> =>
  (await look(tmux)).map(({ sessions }) => (sessions.seen === 'Present' ? sessions.value.length : null));

const test = suite('tmux shards');
test.after(bed.end);

test('sessions are spread over servers of a few each, and every listing shows them all', async () => {
  const tmux = await bed.open();
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  for (const name of names) {
    const shard = place(await look(tmux), new Map(), 3);
    assert.ok(shard !== null);
    await tmux.createSession(newSession(name, { shard }));
  }
  assert.equal(await loads(tmux), [3, 3, 1]);
  assert.equal((await sessionsOf(tmux)).map(({ name, shard }) => `${name}${shard}`).join(' '), 'a0 b0 c0 d1 e1 f1 g2');
  assert.is(tmux.socketOf(2), `${bed.socket}.2`);
  assert.match(await bed.tmux(['list-sessions'], 2), /^g:/m);
  const servers = (await look(tmux)).map(({ server }) => (server.seen === 'Present' ? server.value.pid : null));
  assert.is(new Set(servers).size, 3);
});

test('a later controller knows the shards of an earlier one', async () => {
  const later = await bed.open({ mode: 'ReadOnly', stateDir: join(bed.directory, 'no-records') });
  assert.equal(await loads(later), [3, 3, 1]);
});

test('a shard whose server is killed is Absent, the others are as they were', async () => {
  const tmux = await bed.open();
  const [, second] = await look(tmux);
  if (second?.server.seen !== 'Present') throw new Error('the second shard has no server');
  process.kill(second.server.value.pid, 'SIGKILL');
  await eventually(async () => (await look(tmux))[1]?.sessions.seen === 'Absent');
  assert.equal(await loads(tmux), [3, null, 1]);
  await tmux.killSession({ shard: 1, sessionId: '$1', uid: 'uid-d' });
});

test('forty sessions made at once on a shard without a server are all there, on one server', async () => {
  const tmux = await bed.open();
  const names = Array.from({ length: 40 }, (_, index) => `many-${index}`);
  const windows = [newWindow(), newWindow(['cat'], { name: 'second' })] as const;
  await Promise.all(names.map((name) => tmux.createSession(newSession(name, { shard: 5, windows }))));
  const listings = await look(tmux);
  const { server, sessions } = listings.find(({ shard }) => shard === 5) ?? {};
  assert.is(server?.seen, 'Present');
  if (sessions?.seen !== 'Present') throw new Error('not listed');
  assert.equal(sessions.value.map(({ name }) => name).sort(), names.sort());
  assert.ok(sessions.value.every(({ tags, panes }) => tags !== null && panes.length === 2));
  await Promise.all(sessions.value.map((session) => tmux.killSession(paneOf(session))));
  assert.is((await loads(tmux)).at(-1), 0);
});

test('of forty that make one session at once, one does', async () => {
  const tmux = await bed.open();
  const tries = Array.from({ length: 40 }, () => tmux.createSession(newSession('once')));
  const kinds = (await Promise.allSettled(tries)).map((end) =>
    end.status === 'fulfilled' ? 'made' : (end.reason as TmuxError).kind,
  );
  assert.equal(kinds.sort(), [...Array.from({ length: 39 }, () => 'DuplicateName'), 'made']);
  assert.is((await sessionsOf(tmux)).filter(({ name }) => name === 'once').length, 1);
});

test('what comes, goes and changes its name gives hints of its shard', async () => {
  const tmux = await bed.open();
  await look(tmux);
  const hints: TmuxHint[] = [];
  const stop = tmux.onHint((hint) => void hints.push(hint));
  const hinted = async (what: string): Promise<void> => {
    await eventually(() => hints.some((hint) => hint.shard === 2 && hint.what === what));
    hints.length = 0;
  };
  await bed.tmux(['new-session', '-d', '-s', 'by-hand', 'sleep', '1000'], 2);
  await hinted('sessions-changed');
  await bed.tmux(['rename-session', '-t', '=by-hand:', 'renamed'], 2);
  await hinted('session-renamed');
  await bed.tmux(['new-window', '-d', '-t', '=renamed:', '-n', 'w', 'sleep', '1000'], 2);
  await bed.tmux(['kill-window', '-t', '=renamed:=w'], 2);
  await hinted('unlinked-window-close');
  stop();
  await bed.tmux(['kill-session', '-t', '=renamed:'], 2);
  await look(tmux);
  assert.equal(hints, []);
});

test('a session is known by its id when somebody renames it', async () => {
  const tmux = await bed.open();
  const { id } = await sessionNamed(tmux, 'g');
  await bed.tmux(['rename-session', '-t', '=g:', 'gg'], 2);
  const renamed = await sessionNamed(tmux, 'gg');
  assert.is(renamed.id, id);
  await tmux.killSession(paneOf(renamed));
  assert.not((await sessionsOf(tmux)).some(({ name }) => name === 'gg'));
});

test('there are no shards but those with a number', async () => {
  const tmux = await bed.open();
  for (const shard of [-1, 1.5, 100, Number.NaN]) {
    const error = await tmux.createSession(newSession('x', { shard })).catch((thrown: unknown) => thrown);
    assert.is((error as TmuxError).kind, 'Refused');
  }
});

test('the folder of the socket and the configuration are for their owner alone', async () => {
  const socket = join(bed.directory, 'new', 'folder', 's');
  await bed.open({ socket, stateDir: join(bed.directory, 'state') });
  assert.is((await stat(join(bed.directory, 'new', 'folder'))).mode & 0o777, 0o700);
  assert.is((await stat(join(bed.directory, 'state'))).mode & 0o777, 0o700);
  assert.is((await stat(join(bed.directory, 'state', 'tmux.conf'))).mode & 0o777, 0o600);
});

test('a path that cannot be a socket, and a missing tmux, are told in one line', async () => {
  const open = (more: object): Promise<unknown> =>
    openTmux({
      socket: bed.socket,
      stateDir: bed.directory,
      ownerId: OWNER,
      env: BASE_ENV,
      mode: 'ReadOnly',
      clock,
      ...more,
    })
      .then(() => null)
      .catch((error: unknown) => error);
  for (const [more, message] of [
    [{ socket: 'relative' }, /absolute/],
    [{ socket: `/${'x'.repeat(107)}` }, /too long/],
    [{ socket: `/${'é'.repeat(60)}` }, /too long/],
    [{ socket: '/a\nb' }, /control characters/],
    [{ tmux: 'no-such-tmux' }, /no-such-tmux cannot be run/],
  ] as const) {
    const error = await open(more);
    assert.instance(error, UserError);
    assert.match((error as UserError).message, message);
    assert.not.match((error as UserError).message, '\n  at');
  }
  assert.is(await open({ socket: `/${'x'.repeat(103)}` }), null);
});

test.run();
