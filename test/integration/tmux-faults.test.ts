import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ControlClient } from '../../src/adapters/tmux/control-client.ts';
import { runPlain } from '../../src/adapters/tmux/plain-client.ts';
import { sessionsOf } from '../../src/adapters/tmux/sessions.ts';
import type { Shard } from '../../src/adapters/tmux/shard.ts';
import { TmuxError } from '../../src/api/ports/tmux.ts';
import { eventually } from '../helpers/eventually.ts';
import { BASE_ENV, clock, lookAt, OWNER, tmuxBed } from '../helpers/tmux-server.ts';

const bed = await tmuxBed();
const test = suite('faults under the adapter of tmux');
test.after(bed.end);

const hasKind = (kind: string) => (error: unknown) => error instanceof TmuxError && error.kind === kind;

const OPTIONS = { socket: bed.socket, configFile: '/dev/null', env: BASE_ENV, clock, deadlineMs: 60_000 };

/** A control client that is no tmux; how often it has ended. */
const clientOf = (tmux: string) => {
  let ends = 0;
  const client = new ControlClient({
    ...OPTIONS,
    tmux,
    first: [['new-session', '-d']],
    mayStart: true,
    onNotification: () => {},
    onEnd: () => (ends += 1),
  });
  return { client, ends: () => ends };
};

/** Why it is rejected, with null for a promise that is kept. */
const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (reason: unknown) => reason,
  );

test('a control client that cannot be started says why, and has ended', async () => {
  const { client, ends } = clientOf('/nowhere/tmux');
  const reason = await reasonOf(client.ready);
  assert.ok(hasKind('Unreachable')(reason));
  assert.match(String(reason), /ENOENT/);
  assert.equal([client.isOpen, ends()], [false, 1]);
  await client.close();
});

test('a control client that hears nobody is left behind, and who waits for it is told', async () => {
  const deaf = join(bed.directory, 'deaf');
  writeFileSync(deaf, "#!/bin/sh\ntrap '' TERM\necho started\nexec sleep 1000\n", { mode: 0o755 });
  const { client, ends } = clientOf(deaf);
  const reason = reasonOf(client.ready);
  const { pid } = client;
  assert.ok(pid !== undefined);
  // It hears TERM until it has said that it does not.
  await eventually(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sleep');
  try {
    await client.close();
    assert.ok(hasKind('Unreachable')(await reason));
    assert.match(String(await reason), 'left to end by itself');
    assert.is(ends(), 0);
  } finally {
    process.kill(pid, 'SIGKILL');
  }
});

test('a plain client that ends well without its last word has done nothing that counts', async () => {
  const reason = await reasonOf(runPlain({ ...OPTIONS, tmux: '/bin/true' }, [['list-sessions']]));
  assert.ok(hasKind('Unreachable')(reason));
  assert.match(String(reason), 'ended early');
});

/** A server that lists a session nobody has tagged, and answers as it is told when asked for its environment. */
const answering = (environment: () => Promise<readonly string[]>): Shard => ({
  socket: bed.socket,
  list: () => Promise.reject(new Error('it is not asked to')),
  read: ([first]) => (first?.[0] === 'list-panes' ? Promise.resolve(['$1\t\t\tweb\t/p\t/p']) : environment()),
  run: () => Promise.reject(new Error('it is not asked to')),
  close: async () => {},
});

const birthUids = async (environment: () => Promise<readonly string[]>): Promise<readonly (string | null)[]> =>
  (await sessionsOf(OWNER, () => answering(environment)).untagged(0)).map(({ birthUid }) => birthUid);

test('a session that shows no uid it was born with has none; while tmux does not answer nobody knows (I3)', async () => {
  assert.equal(await birthUids(async () => ['TMUXLET_UID=u']), ['u']);
  assert.equal(await birthUids(async () => ['-TMUXLET_UID']), [null]);
  for (const kind of ['Refused', 'NotFound'] as const) {
    assert.equal(await birthUids(() => Promise.reject(new TmuxError(kind, 'no'))), [null]);
  }
  for (const kind of ['TimedOut', 'Unreachable', 'NoServer'] as const) {
    assert.ok(hasKind(kind)(await reasonOf(birthUids(() => Promise.reject(new TmuxError(kind, 'no'))))));
  }
});

test('a server that somebody else keeps is waited for as long as it takes, and its coming is told', async () => {
  const tmux = await bed.open({ external: 1 });
  const hints: string[] = [];
  tmux.onHint(({ what }) => hints.push(what));
  assert.is((await lookAt(tmux)).server.seen, 'Absent');
  // Longer than it waits between two looks: it has looked in vain, and goes on.
  await new Promise<void>((resolve) => clock.after(600, resolve));
  assert.equal(hints, []);
  await bed.startByHand();
  await eventually(() => hints.includes('attached'));
  assert.is((await lookAt(tmux)).server.seen, 'Present');
});

test.run();
