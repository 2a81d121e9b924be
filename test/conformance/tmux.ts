import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ListedSession, SessionTags, ShardListing } from '../../src/api/observation.ts';
import type { NewSession, NewWindow, OwnedPane, Tmux, TmuxErrorKind } from '../../src/api/ports/tmux.ts';
import { TmuxError } from '../../src/api/ports/tmux.ts';
import { present } from '../../src/api/seen.ts';

export type Doing = 'sleeps' | 'ends with 3' | 'reads lines';

/** tmux by the hand of people, on the first socket. Targets are ids. */
export interface PeoplesTmux {
  /** Makes a session, on a server that may have to be started first; its id. */
  newSession(name: string, uid?: string): Promise<string>;
  rename(sessionId: string, name: string): Promise<void>;
  /** Sets an option of a session; an empty value unsets it. */
  setOption(sessionId: string, option: string, value: string): Promise<void>;
  killSession(sessionId: string): Promise<void>;
  killWindow(windowId: string): Promise<void>;
  splitWindow(windowId: string): Promise<void>;
  /** Somebody looks at the session; returns how he goes. */
  attach(sessionId: string): Promise<() => void>;
}

export interface TmuxBench {
  readonly ownerId: string;
  /** A controller's way to tmux, and its end. */
  open(): Promise<{ readonly tmux: Tmux; readonly isAlive: (pid: number) => boolean }>;
  readonly people: PeoplesTmux;
  /** On the monotonic clock. */
  now(): number;
  /** A directory that is there. */
  readonly cwd: string;
  argvOf(doing: Doing): readonly string[];
  /** The file of the first server's socket is deleted. */
  unlink(): Promise<void>;
  signalServer(pid: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  until<T>(check: () => T | Promise<T>): Promise<Exclude<T, false | null | undefined>>;
  remove(): Promise<void>;
}

/** What every implementation of the port keeps to. */
export const tmuxConforms = (subject: string, open: () => Promise<TmuxBench>): void => {
  const test = suite<{ bench: TmuxBench; tmux: Tmux; isAlive: (pid: number) => boolean }>(`tmux: ${subject}`);
  test.before(async (context) => {
    context.bench = await open();
    Object.assign(context, await context.bench.open());
  });
  test.after(({ bench }) => bench.remove());

  const rejects = async (kind: TmuxErrorKind, call: () => Promise<unknown>): Promise<void> => {
    const error = await call().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.instance(error, TmuxError);
    assert.is((error as TmuxError).kind, kind, (error as TmuxError).message);
  };

  const tagsOf = ({ ownerId }: TmuxBench, uid: string, attempt = 1): SessionTags => ({
    owner: ownerId,
    uid,
    project: 'web',
    attempt,
    specHash: 'v1:0123abcd',
  });
  const windowOf = (bench: TmuxBench, more: Partial<NewWindow> & { readonly doing?: Doing } = {}): NewWindow => {
    const { doing = 'sleeps', ...rest } = more;
    return { name: 'main', argv: bench.argvOf(doing), cwd: bench.cwd, logFile: null, ...rest };
  };
  const sessionOf = (bench: TmuxBench, name: string, more: Partial<NewSession> = {}): NewSession => ({
    shard: 0,
    name,
    tags: tagsOf(bench, `uid-${name}`),
    windows: [windowOf(bench)],
    ...more,
  });

  type Context = { readonly bench: TmuxBench; readonly tmux: Tmux };
  const look = async ({ bench, tmux }: Context): Promise<ShardListing> => {
    const listing = (await tmux.observe(bench.now())).find(({ shard }) => shard === 0);
    assert.ok(listing);
    return listing;
  };
  const sessions = async (context: Context): Promise<readonly ListedSession[]> => {
    const { sessions: seen } = await look(context);
    return seen.seen === 'Present' ? seen.value : [];
  };
  const named = async (context: Context, name: string): Promise<ListedSession> => {
    const session = (await sessions(context)).find((each) => each.name === name);
    assert.ok(session, `there is no session ${name}`);
    return session;
  };
  const made = async (context: Context, name: string, more: Partial<NewSession> = {}): Promise<ListedSession> => {
    await context.tmux.createSession(sessionOf(context.bench, name, more));
    return named(context, name);
  };
  const owned = (session: ListedSession) => ({ shard: 0, sessionId: session.id, uid: session.tags?.uid ?? '' });
  const paneOf = (session: ListedSession, index = 0): OwnedPane => ({
    ...owned(session),
    paneId: session.panes[index]?.paneId ?? '',
  });

  test('before the first session there is no server, and nothing to be done there', async (context) => {
    const { tmux, bench } = context;
    assert.equal(await tmux.observe(bench.now()), [
      { shard: 0, socket: tmux.socketOf(0), server: { seen: 'Absent' }, sessions: { seen: 'Absent' } },
    ]);
    await rejects('NoServer', () => tmux.untagged(0));
    await rejects('NoServer', () => tmux.capture(0, '%0', 10));
    await rejects('NoServer', () => tmux.type({ shard: 0, sessionId: '$0', uid: 'u', paneId: '%0' }, null));
    await tmux.killSession({ shard: 0, sessionId: '$0', uid: 'u' });
  });

  test('a session is made with all its windows, tagged', async (context) => {
    const { tmux, bench } = context;
    const told: string[] = [];
    const stop = tmux.onHint(({ what }) => told.push(what));
    const tags = tagsOf(bench, 'uid-team', 7);
    const session = await made(context, 'team', {
      tags,
      windows: [
        windowOf(bench, { name: 'agent', logFile: `${bench.cwd}/agent.log` }),
        windowOf(bench, { name: 'tests' }),
      ],
    });
    assert.equal(session.tags, tags);
    assert.ok(session.claimed);
    assert.is(session.attached, 0);
    assert.equal(
      session.panes.map(({ windowName, dead, deadStatus, piped }) => ({ windowName, dead, deadStatus, piped })),
      [
        { windowName: 'agent', dead: false, deadStatus: null, piped: true },
        { windowName: 'tests', dead: false, deadStatus: null, piped: false },
      ],
    );
    assert.is((await look(context)).server.seen, 'Present');
    assert.is((await tmux.paths(0)).get(session.id), bench.cwd);
    const details = await tmux.details(0, session.id);
    assert.equal(
      details.map(({ windowName, pid, paneId }) => ({ windowName, pid, paneId })),
      session.panes.map(({ windowName, pid, paneId }) => ({ windowName, pid, paneId })),
    );
    assert.ok(details.every(({ layout }) => layout !== ''));
    await tmux.killSession(owned(session));
    await bench.until(() => told.includes('sessions-changed'));
    stop();
  });

  test('a name that is taken, or that tmux would change, is refused', async (context) => {
    const { tmux, bench } = context;
    const before = await made(context, 'taken');
    await rejects('DuplicateName', () =>
      tmux.createSession(sessionOf(bench, 'taken', { tags: tagsOf(bench, 'uid-2') })),
    );
    assert.equal(await named(context, 'taken'), before);
    for (const name of ['a.b', 'a:b', '', ' a', '=a', '-a', 'é']) {
      await rejects('Refused', () => tmux.createSession(sessionOf(bench, name)));
    }
    await rejects('Refused', () =>
      tmux.createSession(sessionOf(bench, 'window', { windows: [windowOf(bench, { name: 'a b' })] })),
    );
  });

  test('what makes no sense is refused before anything is done', async (context) => {
    const { tmux, bench } = context;
    const count = (await sessions(context)).length;
    await rejects('Refused', () =>
      tmux.createSession(sessionOf(bench, 'a', { windows: [windowOf(bench, { cwd: '/no/such' })] })),
    );
    await rejects('Refused', () =>
      tmux.createSession(sessionOf(bench, 'b', { tags: { ...tagsOf(bench, 'u'), owner: 'another' } })),
    );
    await rejects('Refused', () => tmux.createSession(sessionOf(bench, 'c', { tags: tagsOf(bench, 'no word') })));
    await rejects('Refused', () => tmux.createSession(sessionOf(bench, 'd', { shard: 100 })));
    await rejects('Refused', () => tmux.killSession({ shard: 0, sessionId: '', uid: 'u' }));
    await rejects('Refused', () => tmux.capture(0, 'main', 10));
    assert.is((await sessions(context)).length, count);
  });

  test('only a session that carries the uid is killed, and one that is gone is no error', async (context) => {
    const { tmux, bench } = context;
    const session = await made(context, 'mine');
    await rejects('NotOurs', () => tmux.killSession({ ...owned(session), uid: 'uid-other' }));
    await bench.people.setOption(session.id, '@tmuxlet_owner', 'another');
    await rejects('NotOurs', () => tmux.killSession(owned(session)));
    await bench.people.setOption(session.id, '@tmuxlet_owner', bench.ownerId);
    await tmux.killSession(owned(session));
    await tmux.killSession(owned(session));
    assert.not((await sessions(context)).some(({ id }) => id === session.id));
  });

  test('a session that somebody looks at is not killed unattended', async (context) => {
    const { tmux, bench } = context;
    const session = await made(context, 'watched');
    const go = await bench.people.attach(session.id);
    assert.is((await named(context, 'watched')).attached, 1);
    await rejects('NotOurs', () => tmux.killSession({ ...owned(session), unattended: true }));
    go();
    await bench.until(async () => (await named(context, 'watched')).attached === 0);
    await tmux.killSession({ ...owned(session), unattended: true });
  });

  test("people's sessions are listed with the names that tmux gives them, and belong to nobody", async (context) => {
    const { bench } = context;
    const names = { 'a.b:c': 'a_b_c', 'tab\there\\': 'tab\\there\\\\', 'é ☃': 'é ☃', '-x': '-x', '=y': '=y' };
    for (const [wanted, kept] of Object.entries(names)) {
      const id = await bench.people.newSession(wanted);
      const session = await named(context, kept);
      assert.equal([session.id, session.tags, session.claimed], [id, null, false]);
      await bench.people.killSession(id);
    }
  });

  test('tags of others, and tags that make no sense, make no session ours', async (context) => {
    const { tmux, bench } = context;
    const session = await made(context, 'odd');
    const seen = async () => {
      const { tags, claimed } = await named(context, 'odd');
      return { tags, claimed };
    };
    const halfTagged = async () => {
      assert.equal(await seen(), { tags: null, claimed: true });
      assert.is((await tmux.untagged(0)).find(({ id }) => id === session.id)?.birthUid, 'uid-odd');
      await tmux.tagSession(0, session.id, tagsOf(bench, 'uid-odd'));
      assert.equal((await seen()).tags, tagsOf(bench, 'uid-odd'));
    };
    await bench.people.setOption(session.id, '@tmuxlet_attempt', 'seven');
    await halfTagged();
    await bench.people.setOption(session.id, '@tmuxlet_uid', '');
    await halfTagged();
    await bench.people.setOption(session.id, '@tmuxlet_owner', 'another');
    assert.equal(await seen(), { tags: null, claimed: true });
    assert.not((await tmux.untagged(0)).some(({ id }) => id === session.id));
    await rejects('NotOurs', () => tmux.tagSession(0, session.id, tagsOf(bench, 'uid-odd')));
    await rejects('NotOurs', () => tmux.pipe(0, session.panes[0]?.paneId ?? '', `${bench.cwd}/odd.log`));
    await bench.people.setOption(session.id, '@tmuxlet_owner', '');
    assert.equal(await seen(), { tags: null, claimed: false });
    const untagged = (await tmux.untagged(0)).find(({ id }) => id === session.id);
    assert.equal(untagged, { shard: 0, id: session.id, name: 'odd', birthUid: 'uid-odd', paths: [bench.cwd] });
    await bench.people.killSession(session.id);
  });

  test('an untagged session is tagged, if it still has the name, and given to another', async (context) => {
    const { tmux, bench } = context;
    const id = await bench.people.newSession('free');
    await rejects('NotOurs', () => tmux.tagSession(0, id, tagsOf(bench, 'uid-free'), 'other'));
    await tmux.tagSession(0, id, tagsOf(bench, 'uid-free'), 'free');
    assert.equal((await named(context, 'free')).tags, tagsOf(bench, 'uid-free'));
    await tmux.tagSession(0, id, tagsOf(bench, 'uid-free', 2));
    await rejects('NotOurs', () => tmux.tagSession(0, id, tagsOf(bench, 'uid-thief')));
    await rejects('NotOurs', () =>
      tmux.retagSession({ shard: 0, sessionId: id, uid: 'uid-x' }, tagsOf(bench, 'uid-y')),
    );
    await tmux.retagSession({ shard: 0, sessionId: id, uid: 'uid-free' }, tagsOf(bench, 'uid-new', 3));
    await tmux.retagSession({ shard: 0, sessionId: id, uid: 'uid-free' }, tagsOf(bench, 'uid-new', 3));
    assert.equal((await named(context, 'free')).tags, tagsOf(bench, 'uid-new', 3));
    await rejects('NotFound', () => tmux.tagSession(0, '$9999', tagsOf(bench, 'uid-free')));
    await tmux.killSession({ shard: 0, sessionId: id, uid: 'uid-new' });
  });

  test('a session of nobody is killed by its id and name, and no other', async (context) => {
    const { tmux, bench } = context;
    const mine = await made(context, 'kept');
    const id = await bench.people.newSession('foreign');
    await rejects('NotOurs', () => tmux.killForeign(0, mine.id, 'kept'));
    await rejects('NotOurs', () => tmux.killForeign(0, id, 'other'));
    await bench.people.rename(id, 'renamed');
    await rejects('NotOurs', () => tmux.killForeign(0, id, 'foreign'));
    await tmux.killForeign(0, id, 'renamed');
    await rejects('NotFound', () => tmux.killForeign(0, id, 'renamed'));
    await tmux.killSession(owned(mine));
  });

  test('a rename changes the name alone', async (context) => {
    const { tmux, bench } = context;
    const session = await made(context, 'before');
    await bench.people.rename(session.id, 'after');
    assert.equal(await named(context, 'after'), { ...session, name: 'after' });
    await tmux.killSession(owned(session));
  });

  test('a pane whose process has ended stays, and runs the next one', async (context) => {
    const { tmux, bench, isAlive } = context;
    const session = await made(context, 'ends', { windows: [windowOf(bench, { doing: 'ends with 3' })] });
    const [first] = session.panes;
    await bench.until(() => !isAlive(first?.pid ?? 0));
    await bench.until(async () => {
      const [pane] = (await named(context, 'ends')).panes;
      // tmux misses some deaths.
      return pane?.paneId === first?.paneId && (pane?.deadStatus === 3 || pane?.deadStatus === null);
    });
    await rejects('NotOurs', () => tmux.respawnPane({ ...paneOf(session), uid: 'uid-other' }, windowOf(bench)));
    await rejects('NotFound', () => tmux.respawnPane({ ...paneOf(session), paneId: '%9999' }, windowOf(bench)));
    await tmux.respawnPane(paneOf(session), windowOf(bench, { logFile: `${bench.cwd}/ends.log` }));
    const [second] = (await named(context, 'ends')).panes;
    assert.equal([second?.paneId, second?.dead, second?.piped], [first?.paneId, false, true]);
    assert.is.not(second?.pid, first?.pid);
    await tmux.respawnPane(paneOf(session), windowOf(bench));
    await bench.until(() => !isAlive(second?.pid ?? 0));
    assert.is((await named(context, 'ends')).panes[0]?.piped, false);
    await tmux.killSession(owned(session));
  });

  test('a window that is missing is added, and one that is there is not doubled', async (context) => {
    const { tmux, bench } = context;
    const session = await made(context, 'windows', {
      windows: [windowOf(bench), windowOf(bench, { name: 'side' })],
    });
    await rejects('DuplicateName', () => tmux.addWindow(owned(session), windowOf(bench, { name: 'side' })));
    await bench.people.killWindow(session.panes[1]?.windowId ?? '');
    assert.is((await named(context, 'windows')).panes.length, 1);
    await rejects('NotOurs', () => tmux.addWindow({ ...owned(session), uid: 'u' }, windowOf(bench, { name: 'side' })));
    await tmux.addWindow(owned(session), windowOf(bench, { name: 'side' }));
    const { panes } = await named(context, 'windows');
    assert.equal(
      panes.map(({ windowName }) => windowName),
      ['main', 'side'],
    );
    await bench.people.splitWindow(panes[1]?.windowId ?? '');
    assert.equal(
      (await named(context, 'windows')).panes.map(({ windowName }) => windowName),
      ['main', 'side', 'side'],
    );
    await bench.people.killWindow(panes[0]?.windowId ?? '');
    await bench.people.killWindow(panes[1]?.windowId ?? '');
    assert.not(
      (await sessions(context)).some(({ id }) => id === session.id),
      'its last window was it',
    );
  });

  test('a pipe is laid, and another one in its place', async (context) => {
    const { tmux, bench } = context;
    const session = await made(context, 'pipe');
    const { paneId } = paneOf(session);
    await tmux.pipe(0, paneId, `${bench.cwd}/pipe.log`);
    await tmux.pipe(0, paneId, `${bench.cwd}/pipe.log`);
    assert.ok((await named(context, 'pipe')).panes[0]?.piped);
    await rejects('NotFound', () => tmux.pipe(0, '%9999', `${bench.cwd}/pipe.log`));
    await tmux.killSession(owned(session));
  });

  test('what is typed arrives in the pane of this session alone', async (context) => {
    const { tmux, bench } = context;
    const session = await made(context, 'typed', { windows: [windowOf(bench, { doing: 'reads lines' })] });
    const pane = paneOf(session);
    const before = await tmux.activity(0, pane.paneId);
    assert.ok(before !== null);
    await tmux.type(pane, 'hello');
    await bench.until(async () => (await tmux.capture(0, pane.paneId, 50)).includes('hello'));
    // It counts whole seconds.
    await bench.until(async () => {
      await tmux.type(pane, 'again');
      return (await tmux.activity(0, pane.paneId)) !== before;
    });
    await rejects('NotOurs', () => tmux.type({ ...pane, uid: 'uid-other' }, 'x'));
    await rejects('NotOurs', () => tmux.type({ ...pane, sessionId: '$9999' }, 'x'));
    await rejects('NotFound', () => tmux.type({ ...pane, paneId: '%9999' }, 'x'));
    await rejects('NotFound', () => tmux.capture(0, '%9999', 10));
    await rejects('NotFound', () => tmux.details(0, '$9999'));
    assert.is(await tmux.activity(0, '%9999'), null);
    await tmux.type(pane, null);
    await bench.until(async () => (await named(context, 'typed')).panes[0]?.dead);
    await tmux.type(pane, 'nobody reads this');
    await tmux.killSession(owned(session));
  });

  test('a server whose socket was deleted is asked to make it anew', async (context) => {
    const { bench } = context;
    await made(context, 'stays');
    const { server } = await look(context);
    await bench.unlink();
    const unlinked = await look(context);
    assert.equal(unlinked.server, server);
    await bench.unlink();
    const another = { bench, ...(await bench.open()) };
    assert.equal((await look(another)).server, server);
    assert.ok((await named(another, 'stays')).tags);
  });

  test('a server that is stopped is Unknown, and does what it was asked when it goes on', async (context) => {
    const { tmux, bench } = context;
    const session = await made(context, 'late');
    const { server } = await look(context);
    const pid = server.seen === 'Present' ? server.value.pid : 0;
    bench.signalServer(pid, 'SIGSTOP');
    await rejects('TimedOut', () => tmux.killSession(owned(session)));
    const listing = await look(context);
    assert.equal([listing.server.seen, listing.sessions.seen], ['Unknown', 'Unknown']);
    bench.signalServer(pid, 'SIGCONT');
    await bench.until(async () => {
      const { sessions: seen } = await look(context);
      return seen.seen === 'Present' && !seen.value.some(({ id }) => id === session.id);
    });
    assert.equal((await look(context)).server, server);
  });

  test('a server that has died is Absent, and the next one is another', async (context) => {
    const { tmux, bench, isAlive } = context;
    const session = await made(context, 'dies');
    const { server } = await look(context);
    assert.is(server.seen, 'Present');
    const told: string[] = [];
    const stop = tmux.onHint(({ what }) => told.push(what));
    bench.signalServer(server.seen === 'Present' ? server.value.pid : 0, 'SIGKILL');
    await bench.until(() => told.includes('exit'));
    const listing = await bench.until(async () => {
      const seen = await look(context);
      return seen.server.seen === 'Absent' && seen;
    });
    assert.is(listing.sessions.seen, 'Absent');
    await bench.until(() => session.panes.every(({ pid }) => !isAlive(pid)));
    await rejects('NoServer', () => tmux.details(0, session.id));
    await tmux.killSession(owned(session));
    await made(context, 'dies');
    const next = (await look(context)).server;
    assert.is(next.seen, 'Present');
    assert.not.equal(next, server);
    stop();
  });

  test('each shard is a server of its own, and all that are known are listed', async (context) => {
    const { tmux, bench } = context;
    await tmux.createSession(sessionOf(bench, 'team', { shard: 2 }));
    const listings = await tmux.observe(bench.now());
    assert.equal(
      listings.map(({ shard, socket }) => ({ shard, socket })),
      [0, 2].map((shard) => ({ shard, socket: tmux.socketOf(shard) })),
    );
    assert.is(new Set(listings.map(({ server }) => JSON.stringify(server))).size, 2);
    const { tmux: another } = await bench.open();
    assert.equal(
      await another.observe(bench.now()),
      listings.map((listing) => ({
        ...listing,
        sessions: present(listing.sessions.seen === 'Present' ? listing.sessions.value : []),
      })),
    );
  });

  test('those who ask together share a listing, and none is given one begun before', async (context) => {
    const { tmux, bench } = context;
    const since = bench.now();
    const [one, other] = await Promise.all([tmux.observe(since), tmux.observe(since)]);
    assert.is(one, other);
    const session = await made(context, 'newest');
    assert.not.equal(one, await tmux.observe(bench.now()));
    await tmux.killSession(owned(session));
  });

  test.run();
};
