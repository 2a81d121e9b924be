import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { identify, isAlive } from '../../src/adapters/processes/stat.ts';
import type { ServerIdentity } from '../../src/api/observation.ts';
import type { Tmux, TmuxHint } from '../../src/api/ports/tmux.ts';
import { TmuxError } from '../../src/api/ports/tmux.ts';
import type { Clock } from '../../src/api/ports/world.ts';
import { eventually } from '../helpers/eventually.ts';
import {
  OWNER,
  clock,
  lookAt,
  newSession,
  newWindow,
  paneOf,
  sessionNamed,
  sessionsOf,
  tmuxBed,
} from '../helpers/tmux-server.ts';
import type { TmuxBed } from '../helpers/tmux-server.ts';

const test = suite('tmux evidence');

/** A bed of its own for each test: these do no server any good. */
const inBed = (name: string, body: (bed: TmuxBed) => Promise<void>): void =>
  test(name, async () => {
    const bed = await tmuxBed();
    try {
      await body(bed);
    } finally {
      await bed.end();
    }
  });

const serverOf = async (tmux: Tmux, shard = 0): Promise<ServerIdentity> => {
  const { server } = await lookAt(tmux, shard);
  if (server.seen !== 'Present') throw new Error(`the server is ${server.seen}`);
  return server.value;
};

const seenAs = async (tmux: Tmux): Promise<string> => {
  const { server, sessions } = await lookAt(tmux);
  assert.is(server.seen, sessions.seen);
  return server.seen;
};

/** Why the shard is Unknown. */
const reasonOf = async (tmux: Tmux): Promise<string> => {
  const { sessions } = await lookAt(tmux);
  if (sessions.seen !== 'Unknown') throw new Error(`the shard is ${sessions.seen}`);
  return sessions.reason;
};

const kindOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof TmuxError ? error.kind : String(error)),
  );

/** The control clients on a server, by pid. */
const controlClients = async (bed: TmuxBed): Promise<readonly number[]> =>
  (await bed.tmux(['list-clients', '-F', '#{client_control_mode} #{client_pid}']))
    .split('\n')
    .flatMap((line) => (line.startsWith('1 ') ? [Number(line.slice(2))] : []));

inBed('where no server ever was, it is Absent, and nothing is started by looking', async (bed) => {
  const tmux = await bed.open();
  assert.is(await seenAs(tmux), 'Absent');
  assert.is(await kindOf(tmux.killSession({ shard: 0, sessionId: '$1', uid: 'u' })), 'done');
  assert.is(await kindOf(tmux.capture(0, '%1', 5)), 'NoServer');
  assert.is(await seenAs(tmux), 'Absent');
});

inBed('a server that was killed is noticed by a hint, proven Absent, and replaced when next needed', async (bed) => {
  const tmux = await bed.open();
  await tmux.createSession(newSession('a'));
  const first = await serverOf(tmux);
  const hints: TmuxHint[] = [];
  tmux.onHint((hint) => void hints.push(hint));
  process.kill(first.pid, 'SIGKILL');
  await eventually(() => hints.some(({ what }) => what === 'exit'));
  await eventually(async () => (await seenAs(tmux)) === 'Absent', { withinMs: 2000 });
  await tmux.createSession(newSession('a'));
  const second = await serverOf(tmux);
  assert.is.not(second.pid, first.pid);
  assert.match(await readFile(join(bed.directory, 'shards.json'), 'utf8'), `"pid": ${second.pid}`);
});

inBed('a later controller proves the absence of the server that an earlier one knew', async (bed) => {
  const earlier = await bed.open();
  await earlier.createSession(newSession('a'));
  const { pid } = await serverOf(earlier);
  await earlier.close();
  process.kill(pid, 'SIGKILL');
  const later = await bed.open();
  await eventually(async () => (await seenAs(later)) === 'Absent', { withinMs: 2000 });
});

inBed('a later controller finds the sessions of an earlier one, and takes them as its own', async (bed) => {
  const earlier = await bed.open();
  await earlier.createSession(newSession('a'));
  const session = await sessionNamed(earlier, 'a');
  await earlier.close();
  const later = await bed.open();
  assert.equal(await sessionNamed(later, 'a'), session);
  await later.killSession(paneOf(session));
  assert.equal(await sessionsOf(later), []);
});

inBed('a server lives through many controllers', async (bed) => {
  const first = await bed.open();
  await first.createSession(newSession('a'));
  const server = await serverOf(first);
  for (let round = 0; round < 15; round++) {
    // Those that are not closed leave their clients to the next one.
    const next = await bed.open();
    assert.equal(await serverOf(next), server);
    assert.is((await sessionsOf(next)).length, 1);
    if (round % 2 === 0) await next.close();
  }
  assert.is((await controlClients(bed)).length, 0);
});

inBed('a server whose socket was unlinked is told to make it anew, and is the same one (failure 65)', async (bed) => {
  const earlier = await bed.open();
  await earlier.createSession(newSession('a'));
  const server = await serverOf(earlier);
  await earlier.close();
  await rm(bed.socket);
  const later = await bed.open();
  assert.equal(await serverOf(later), server);
  assert.match(await bed.tmux(['list-sessions']), /^a:/m);
  // The connection stands without the socket, but people need it.
  await rm(bed.socket);
  assert.equal(await serverOf(later), server);
  await eventually(async () => /^a:/m.test(await bed.tmux(['list-sessions'])));
});

inBed('an unlinked socket is Unknown, not Absent, while nobody may ask for a new one (failure 65)', async (bed) => {
  const tmux = await bed.open();
  await tmux.createSession(newSession('a'));
  const { pid } = await serverOf(tmux);
  await tmux.close();
  await rm(bed.socket);
  const reader = await bed.open({ mode: 'ReadOnly' });
  assert.match(await reasonOf(reader), String(pid));
  // Nor without a record: the kernel knows the path.
  await rm(join(bed.directory, 'shards.json'));
  const stranger = await bed.open({ mode: 'ReadOnly' });
  assert.match(await reasonOf(stranger), 'still holds the unreachable socket');
  process.kill(pid, 'SIGUSR1');
  await eventually(async () => (await seenAs(stranger)) === 'Present');
});

inBed('a server whose record and file are lost is found by its socket (failure 65)', async (bed) => {
  const earlier = await bed.open();
  await earlier.createSession(newSession('a'));
  await earlier.createSession(newSession('b', { shard: 1 }));
  const servers = [await serverOf(earlier), await serverOf(earlier, 1)];
  await earlier.close();
  for (const file of ['s', 's.1', 'shards.json']) await rm(join(bed.directory, file));
  const later = await bed.open({ ownerId: 'owner-2' });
  assert.equal([await serverOf(later), await serverOf(later, 1)], servers);
  const { tags, claimed } = await sessionNamed(later, 'a');
  assert.is(tags, null, 'it is another installation’s');
  assert.ok(claimed);
  assert.match(await readFile(join(bed.directory, 'shards.json'), 'utf8'), `"pid": ${servers[0]?.pid}`);
});

inBed('of two servers that hold one lost path neither is asked for it, and none is started', async (bed) => {
  const tmux = await bed.open();
  await tmux.createSession(newSession('a'));
  const first = await serverOf(tmux);
  await tmux.close();
  await rm(bed.socket);
  await bed.startByHand();
  const second = Number(await bed.tmux(['display-message', '-p', '#{pid}']));
  for (const file of ['s', 'shards.json']) await rm(join(bed.directory, file));
  const later = await bed.open();
  assert.match(await reasonOf(later), 'still holds the unreachable socket');
  assert.is(await kindOf(later.createSession(newSession('b'))), 'Unreachable');
  process.kill(second, 'SIGKILL');
  await eventually(async () => (await seenAs(later)) === 'Present', { withinMs: 2000 });
  assert.equal(await serverOf(later), first);
});

inBed('a process that is no tmux server and holds the path is not signalled', async (bed) => {
  const squatter = createServer().listen(bed.socket);
  try {
    await eventually(() => squatter.listening);
    await rm(bed.socket);
    const tmux = await bed.open();
    // The default act on this signal is death.
    assert.match(await reasonOf(tmux), 'still holds the unreachable socket');
    assert.not(existsSync(bed.socket));
  } finally {
    squatter.close();
  }
});

inBed(
  'a second server in the place of one that still lives is trouble, not a replacement (failure 65)',
  async (bed) => {
    const tmux = await bed.open();
    await tmux.createSession(newSession('a'));
    const first = await serverOf(tmux);
    await tmux.close();
    await rm(bed.socket);
    await bed.startByHand();
    const later = await bed.open();
    assert.match(await reasonOf(later), `in place of ${first.pid}`);
    assert.is(await kindOf(later.createSession(newSession('b'))), 'Unreachable');
    process.kill(first.pid, 'SIGKILL');
    await eventually(async () => (await seenAs(later)) === 'Present');
  },
);

inBed('a server that does not answer is Unknown in time, and Present when it goes on', async (bed) => {
  const tmux = await bed.open({ deadlineMs: 300 });
  await tmux.createSession(newSession('a'));
  const server = await serverOf(tmux);
  process.kill(server.pid, 'SIGSTOP');
  try {
    const begun = performance.now();
    assert.match(await reasonOf(tmux), 'did not answer');
    const took = performance.now() - begun;
    assert.ok(took < 600, `${took} ms`);
    // What is not answered is not piled up: the next ones do not even wait.
    const again = performance.now();
    assert.match(await reasonOf(tmux), 'still not answered');
    assert.is(await kindOf(tmux.createSession(newSession('b'))), 'TimedOut');
    assert.ok(performance.now() - again < 100);
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  await eventually(async () => (await seenAs(tmux)) === 'Present');
  assert.equal(await serverOf(tmux), server);
  assert.equal(
    (await sessionsOf(tmux)).map(({ name }) => name),
    ['a'],
  );
});

inBed('a server that does not answer from the start is Unknown, and leaves no clients behind', async (bed) => {
  const earlier = await bed.open();
  await earlier.createSession(newSession('a'));
  const server = await serverOf(earlier);
  await earlier.close();
  process.kill(server.pid, 'SIGSTOP');
  const tmux = await bed.open({ deadlineMs: 200 });
  try {
    assert.match(await reasonOf(tmux), 'did not answer');
    assert.is(await seenAs(tmux), 'Unknown');
    const reader = await bed.open({ deadlineMs: 200, mode: 'ReadOnly' });
    assert.is(await seenAs(reader), 'Unknown');
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  await eventually(async () => (await seenAs(tmux)) === 'Present', { withinMs: 10_000 });
  await eventually(async () => (await controlClients(bed)).length === 1);
});

inBed('closing does not wait for a server that does not answer', async (bed) => {
  const pending = new Set<symbol>();
  const counting: Clock = {
    ...clock,
    after(ms, callback) {
      const timer = Symbol('timer');
      pending.add(timer);
      const cancel = clock.after(ms, () => {
        pending.delete(timer);
        callback();
      });
      return () => {
        pending.delete(timer);
        cancel();
      };
    },
  };
  const tmux = await bed.open({ deadlineMs: 300, clock: counting });
  await tmux.createSession(newSession('a'));
  const { pid } = await serverOf(tmux);
  process.kill(pid, 'SIGSTOP');
  try {
    const begun = performance.now();
    assert.is(await seenAs(tmux), 'Unknown');
    await tmux.close();
    assert.ok(performance.now() - begun < 3000);
    assert.is(pending.size, 0, 'no timer is left');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await eventually(async () => (await controlClients(bed)).length === 0);
});

inBed("the control clients that an earlier controller left behind are ended, people's are not", async (bed) => {
  const earlier = await bed.open();
  await earlier.createSession(newSession('a'));
  const attach = (session: string) => {
    const client = spawn('tmux', ['-S', bed.socket, '-N', '-C', 'attach-session', '-t', `=${session}:`], {
      stdio: 'pipe',
    });
    client.stdout.resume();
    return client;
  };
  const stale = attach(`_tmuxlet-${OWNER}`);
  const people = attach('a');
  try {
    await eventually(async () => (await controlClients(bed)).length === 3);
    // The earlier controller is not closed: its own client, known by the record, is left over too.
    const later = await bed.open();
    assert.is((await sessionNamed(later, 'a')).attached, 1);
    await eventually(async () => {
      const clients = await controlClients(bed);
      return clients.length === 2 && clients.includes(people.pid ?? 0) && !clients.includes(stale.pid ?? 0);
    });
    assert.is(bed.notes.length, 2, bed.notes.join('\n'));
  } finally {
    people.stdin.end();
    stale.stdin.end();
  }
});

inBed('a server that cannot end for a client left behind is helped to, and known to be Absent then', async (bed) => {
  const earlier = await bed.open();
  await earlier.createSession(newSession('a'));
  const server = await serverOf(earlier);
  await earlier.close();
  // Nobody reads what this one is told, as when its controller was killed in the midst of much talk.
  const stale = spawn('tmux', ['-S', bed.socket, '-N', '-C', 'attach-session', '-t', `=_tmuxlet-${OWNER}:`]);
  stale.stdin.write('list-keys\n'.repeat(200));
  await eventually(async () => (await controlClients(bed)).length === 1);
  const records = JSON.parse(await readFile(join(bed.directory, 'shards.json'), 'utf8'));
  records.shards[0].client = identify(stale.pid ?? 0);
  await writeFile(join(bed.directory, 'shards.json'), JSON.stringify(records));
  await bed.tmux(['kill-server']);
  assert.ok(isAlive(server), 'the server is kept from its end');

  const later = await bed.open();
  await eventually(async () => (await seenAs(later)) === 'Absent');
  assert.not(isAlive(server));
  await later.createSession(newSession('a'));
  assert.ok(await sessionNamed(later, 'a'));
});

inBed('a control client that ended is replaced, and a plain one serves where none can be attached', async (bed) => {
  const tmux = await bed.open();
  await tmux.createSession(newSession('a'));
  const [client] = await controlClients(bed);
  process.kill(client ?? 0, 'SIGTERM');
  await eventually(() => identify(client ?? 0) === null);
  assert.is(await seenAs(tmux), 'Present');
  assert.equal((await controlClients(bed)).length, 1);

  const program = join(bed.directory, 'no-control');
  const script =
    '#!/bin/sh\nfor word; do [ "$word" != -C ] || { echo "not today" >&2; exit 1; }; done\nexec tmux "$@"\n';
  await writeFile(program, script, { mode: 0o700 });
  const plain = await bed.open({ tmux: program });
  assert.is(await seenAs(plain), 'Present');
  await plain.createSession(newSession('b', { windows: [newWindow(['sh', '-c', 'echo "a;" \\;; sleep 1000', ';'])] }));
  const session = await sessionNamed(plain, 'b');
  await eventually(async () => (await plain.capture(0, paneOf(session).paneId, 5)) === 'a; ;');
  assert.is(await kindOf(plain.createSession(newSession('b'))), 'DuplicateName');
  await plain.killSession(paneOf(session));
  await plain.killSession(paneOf(session));
  assert.equal(
    bed.notes.filter((note) => note.includes('no control client')),
    [
      `no control client ${JSON.stringify({ shard: 0, socket: bed.socket, error: 'the control client ended: not today' })}`,
    ],
  );
});

inBed('a server outlives its last session, and ours is made again when a person kills it', async (bed) => {
  const tmux = await bed.open();
  await tmux.createSession(newSession('a'));
  const server = await serverOf(tmux);
  await bed.tmux(['kill-session', '-a', '-t', `=_tmuxlet-${OWNER}:`]);
  await bed.tmux(['kill-session', '-t', `=_tmuxlet-${OWNER}:`]);
  await eventually(async () => (await bed.tmux(['list-sessions', '-F', '#{session_name}'])) === '');
  assert.equal(await serverOf(tmux), server);
  assert.equal(await sessionsOf(tmux), []);
  assert.is(await bed.tmux(['list-sessions', '-F', '#{session_name}']), `_tmuxlet-${OWNER}`);
});

inBed('what only looks starts, ends and writes nothing', async (bed) => {
  const reader = await bed.open({ mode: 'ReadOnly', stateDir: join(bed.directory, 'none') });
  assert.is(await seenAs(reader), 'Absent');
  assert.is(await kindOf(reader.createSession(newSession('a'))), 'Refused');
  const tmux = await bed.open();
  await tmux.createSession(newSession('a'));
  const sessions = await sessionsOf(tmux);
  assert.equal(await sessionsOf(reader), sessions);
  const pane = paneOf(await sessionNamed(reader, 'a'));
  assert.is(await reader.capture(0, pane.paneId, 5), '');
  for (const call of [reader.killSession(pane), reader.type(pane, 'x'), reader.createSession(newSession('b'))]) {
    assert.is(await kindOf(call), 'Refused');
  }
  assert.equal(await sessionsOf(tmux), sessions);
  assert.is((await controlClients(bed)).length, 1);
  await reader.close();
  assert.is((await controlClients(bed)).length, 1);
});

inBed('a socket that something else listens on is Unknown', async (bed) => {
  const listener = createServer((connection) => void connection.resume());
  await new Promise<void>((resolve) => listener.listen(bed.socket, resolve));
  try {
    const tmux = await bed.open({ deadlineMs: 300 });
    assert.is(await seenAs(tmux), 'Unknown');
  } finally {
    await new Promise((resolve) => listener.close(resolve));
  }
});

inBed('damaged records are told, and the sessions are found nevertheless', async (bed) => {
  const earlier = await bed.open();
  await earlier.createSession(newSession('a'));
  await earlier.close();
  await writeFile(join(bed.directory, 'shards.json'), '{"version": 1, "shards"');
  const later = await bed.open();
  assert.ok(await sessionNamed(later, 'a'));
  assert.match(bed.notes.join('\n'), /records of tmux servers cannot be read.*shards\.json/);
});

test.run();
